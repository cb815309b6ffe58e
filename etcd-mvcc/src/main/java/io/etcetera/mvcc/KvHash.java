package io.etcetera.mvcc;

/**
 * A checksum of the history of all keys, the same on every member that has applied the same log and compacted at the
 * same revisions.
 *
 * @param crc CRC-32C, unsigned
 * @param revision last revision that went in
 * @param compactRevision compact revision that went in; -1 if the store had never been compacted
 */
public record KvHash(int crc, long revision, long compactRevision) {}

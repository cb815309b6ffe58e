package io.etcetera.mvcc.snapshot;

/**
 * What a snapshot holds, as {@code etcdutl snapshot status} tells it.
 *
 * @param crc CRC-32C of names, keys and values of all buckets
 * @param revision last main revision; 0 if there is none
 * @param totalKeys keys that are alive at the last revision
 * @param sizeBytes bytes of all pages
 * @param version release of etcd whose layout it has, such as 3.7.0; empty if it does not say
 */
public record SnapshotStatus(int crc, long revision, long totalKeys, long sizeBytes, String version) {}

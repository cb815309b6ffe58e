package io.etcetera.raft.wal;

/**
 * One entry to be appended. The log keeps no reference to it after the append has returned.
 *
 * @param index position in the log, 1 or more
 * @param term term in which the entry was made
 * @param data opaque bytes, not copied, not to be changed while the append runs
 */
public record WalEntry(long index, long term, byte[] data) {}

package io.etcetera.mvcc.backend;

/**
 * What one durable commit did.
 *
 * @param durationNanos how long the transaction took, sync included
 * @param writes puts and deletes in it
 * @param bytes of their keys and values
 * @param consistentIndex index up to which the log is now durably applied
 */
public record CommitStats(long durationNanos, int writes, long bytes, long consistentIndex) {}

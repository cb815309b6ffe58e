package io.etcetera.mvcc;

/**
 * Answer to the question for a hash.
 *
 * @param currentRevision the store's current revision when the hash was begun
 */
public record KvHashResult(KvHash hash, long currentRevision) {}

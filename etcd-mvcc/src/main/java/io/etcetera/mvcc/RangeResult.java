package io.etcetera.mvcc;

import java.util.List;

/**
 * Answer to a range read.
 *
 * @param kvs found versions in key order, at most the limit of them
 * @param count keys in the range at the revision read, whatever the limit
 * @param revision the store's current revision when the read was made, not the one asked for
 */
public record RangeResult(List<StoredKeyValue> kvs, long count, long revision) {}

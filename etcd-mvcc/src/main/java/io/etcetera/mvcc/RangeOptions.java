package io.etcetera.mvcc;

/**
 * How much of a range to read.
 *
 * @param revision main revision to read at; 0 or less means the current one
 * @param limit at most this many results, in key order; 0 or less means all
 * @param countOnly count keys, return none
 * @param withoutRecords fill in keys and revisions from the index alone: the encoded records hold key, create_revision,
 *     mod_revision and version, but neither value nor lease
 */
public record RangeOptions(long revision, long limit, boolean countOnly, boolean withoutRecords) {
    /** Everything, now. */
    public static final RangeOptions CURRENT = new RangeOptions(0, 0, false, false);
}

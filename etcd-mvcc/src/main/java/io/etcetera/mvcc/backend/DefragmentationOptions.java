package io.etcetera.mvcc.backend;

/**
 * How a defragmentation goes about it.
 *
 * @param stepBytes most bytes of records in one step, which is one synced write; {@link Pace} makes it smaller beside commits
 * @param reserveBytes free space that is left to the member's log and store, whose writes must not fail
 */
record DefragmentationOptions(long stepBytes, long reserveBytes) {
    /** The reserve is a segment of the log, which may be due at any moment, and as much again for the store. */
    static final DefragmentationOptions DEFAULT = new DefragmentationOptions(4L << 20, 128L << 20);
}

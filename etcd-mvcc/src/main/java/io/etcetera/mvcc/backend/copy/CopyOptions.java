package io.etcetera.mvcc.backend.copy;

/**
 * How copies of a store are made while it is in use.
 *
 * @param stepBytes most bytes of records in one step, which is one synced write; {@link Pace} makes it smaller beside commits
 * @param reserveBytes free space that is left to the member's log and store, whose writes must not fail
 */
public record CopyOptions(long stepBytes, long reserveBytes) {
    /** The reserve is a segment of the log, which may be due at any moment, and as much again for the store. */
    public static final CopyOptions DEFAULT = new CopyOptions(4L << 20, 128L << 20);
}

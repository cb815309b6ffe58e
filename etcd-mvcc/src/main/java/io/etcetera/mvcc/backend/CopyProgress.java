package io.etcetera.mvcc.backend;

/**
 * How far a copy of the store is that is under way.
 *
 * @param doneBytes copied so far; 0 while there is none
 * @param expectedBytes about what there is to copy, as of its beginning; 0 while there is none
 */
public record CopyProgress(long doneBytes, long expectedBytes) {
    /** Nothing is being copied. */
    public static final CopyProgress NONE = new CopyProgress(0, 0);
}

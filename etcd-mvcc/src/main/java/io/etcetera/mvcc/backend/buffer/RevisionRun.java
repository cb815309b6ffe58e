package io.etcetera.mvcc.backend.buffer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Records of the {@code key} bucket in the order in which they were written, which is that of their revisions: appended
 * to, never changed. One writer; readers need no lock, since an element is published by the size that covers it, and a
 * grown copy of the arrays before any size that needs it.
 */
public final class RevisionRun {
    private static final int INITIAL_CAPACITY = 64;

    /** Parallel arrays; elements below a published size never change. */
    private record Columns(long[] mains, long[] subs, byte[][] keys, byte[][] values) {}

    private volatile Columns columns = new Columns(
            new long[INITIAL_CAPACITY],
            new long[INITIAL_CAPACITY],
            new byte[INITIAL_CAPACITY][],
            new byte[INITIAL_CAPACITY][]);

    private volatile int size;

    /** Writer: whether a revision lies behind all that are here. */
    boolean accepts(long main, long sub) {
        int n = size;
        if (n == 0) {
            return true;
        }
        Columns c = columns;
        return main > c.mains[n - 1] || (main == c.mains[n - 1] && sub > c.subs[n - 1]);
    }

    /** Writer: appends a record that {@link #accepts} let in. */
    void append(long main, long sub, byte[] key, byte[] value) {
        int n = size;
        Columns c = columns;
        if (n == c.mains.length) {
            int capacity = n * 2;
            c = new Columns(
                    Arrays.copyOf(c.mains, capacity),
                    Arrays.copyOf(c.subs, capacity),
                    Arrays.copyOf(c.keys, capacity),
                    Arrays.copyOf(c.values, capacity));
            columns = c;
        }
        c.mains[n] = main;
        c.subs[n] = sub;
        c.keys[n] = key;
        c.values[n] = value;
        size = n + 1;
    }

    public int size() {
        return size;
    }

    public byte[] key(int index) {
        return columns.keys[index];
    }

    public byte[] value(int index) {
        return columns.values[index];
    }

    /** The record of a revision, live version or tombstone; null if it is not here. */
    byte @Nullable [] find(long main, long sub) {
        int n = size;
        Columns c = columns;
        if (n == 0 || main < c.mains[0] || main > c.mains[n - 1]) {
            return null;
        }
        int index = lowerBound(c, n, main, sub);
        return index < n && c.mains[index] == main && c.subs[index] == sub ? c.values[index] : null;
    }

    /** Index of the first of the first {@code limit} records whose key is not below {@code key}; else {@code limit}. */
    int firstNotBelow(byte[] key, int limit) {
        byte[][] keys = columns.keys;
        int low = 0;
        int high = limit;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(keys[middle], key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int lowerBound(Columns c, int n, long main, long sub) {
        int low = 0;
        int high = n;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long m = c.mains[middle];
            if (m < main || (m == main && c.subs[middle] < sub)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}

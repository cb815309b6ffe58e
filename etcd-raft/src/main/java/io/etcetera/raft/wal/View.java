package io.etcetera.raft.wal;

/**
 * What readers see: everything in it is durable. Immutable as far as its bounds reach; published through a volatile
 * field, which also publishes what the runs hold within those bounds.
 *
 * @param runs one for each segment, ordered by first index without gaps; some may be empty
 * @param firstIndex first index held
 * @param nextIndex index behind the last one held
 */
record View(Run[] runs, long firstIndex, long nextIndex) {
    boolean holds(long index) {
        return index >= firstIndex && index < nextIndex;
    }

    /** The run that holds this index, which must be within the bounds: the last that starts at or before it. */
    Run find(long index) {
        int low = 0;
        int high = runs.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs[middle].firstIndex() <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return runs[low];
    }
}

package io.etcetera.mvcc.index;

/**
 * One version of a key, as found by a read. An object of the caller's to be filled again and again; belongs to one
 * thread. Before it is filled the first time, and after a read that found nothing, its values mean nothing.
 */
public sealed class IndexEntry permits KeyCursor {
    final RunReader reader = new RunReader();

    /** Main revision of the put that wrote this version. */
    public final long modMain() {
        return reader.main;
    }

    /** Sub revision of the put that wrote this version. */
    public final long modSub() {
        return reader.sub;
    }

    /** Main revision of the first put of the generation. */
    public final long createMain() {
        return reader.createMain;
    }

    /** Counts the puts of the generation, from 1. */
    public final long version() {
        return reader.version;
    }
}

package io.etcetera.mvcc;

/** One change, encoded once for all watchers that see it. */
public interface WatchEvent {

    /** A serialized {@code mvccpb.Event}, with the replaced version inside if {@code withPrevKv} and there was one. */
    byte[] encoded(boolean withPrevKv);

    /** Main revision of the change. */
    long revision();

    /** Whether it is a delete. */
    boolean isDelete();
}

package io.etcetera.server;

/** What the owner of a member may want to know of it. */
@FunctionalInterface
public interface EtcdListener {

    /**
     * The member cannot go on, and answers nothing any more: an I/O error in its log or store, a fault while applying,
     * or it was removed from its cluster, which a {@link MemberRemovedException} says.
     * Called at most once, on a thread of its own, only after the start has returned. The owner is expected to
     * close the member, which it may do right here.
     */
    void failed(Throwable cause);
}

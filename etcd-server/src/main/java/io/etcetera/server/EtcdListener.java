package io.etcetera.server;

/**
 * What the owner of a member may want to know of it. Everything but {@link #failed} is told in the order in which it happened,
 * one call at a time, on a thread of the member's that may be held up: then the news wait. What a listener throws is logged.
 * Nothing new is told once the member has been closed.
 */
@FunctionalInterface
public interface EtcdListener {

    /**
     * The member cannot go on, and answers nothing any more: an I/O error in its log or store, a fault while applying,
     * or it was removed from its cluster, which a {@link MemberRemovedException} says.
     * Called at most once, on a thread of its own, only after the start has returned. The owner is expected to
     * close the member, which it may do right here.
     */
    void failed(Throwable cause);

    /**
     * The member sees another leader. The first time, that may be before the start has returned.
     *
     * @param leaderId 0 if there is none for now; this member's own ID if it leads itself
     */
    default void leaderChanged(long leaderId) {}

    /** An alarm is on: since now, or since before the member was started. */
    default void alarmRaised(EtcdAlarm alarm) {}

    /** An alarm is over. */
    default void alarmCleared(EtcdAlarm alarm) {}
}

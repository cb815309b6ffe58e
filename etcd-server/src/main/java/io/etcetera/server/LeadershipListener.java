package io.etcetera.server;

/** Learns who leads. Called on the apply thread, in the order in which things happened; must not block or throw. */
public interface LeadershipListener {

    /** This member leads from now on; entries of earlier terms have all been applied. */
    default void leaderStarted() {}

    /** This member no longer leads. */
    default void leaderStopped() {}

    /** The leader known to this member changed; 0 when there is none. */
    default void leaderChanged(long leaderId) {}
}

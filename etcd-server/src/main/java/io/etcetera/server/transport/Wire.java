package io.etcetera.server.transport;

/** Stands between a member and the network, so that a test can break it. Thread-safe, never blocks. */
@FunctionalInterface
public interface Wire {
    /** A network that works. */
    Wire INTACT = (peerId, traffic) -> Fate.DELIVERED;

    /** Kinds of things that are sent. */
    enum Traffic {
        /** The beginning of a connection. */
        CONNECTION,
        /** A log message that carries entries, or the answer to one. */
        APPEND,
        /** Any other log message, the answer to one, or a ping. */
        CONTROL,
        /** A forwarded entry, or the refusal of one. */
        FORWARD,
        /** A call with one answer. */
        CALL,
        /** A part of a copy of the store. */
        COPY
    }

    /** Asked before each thing that this member sends to a peer. */
    Fate fate(long peerId, Traffic traffic);
}

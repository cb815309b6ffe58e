package io.etcetera.raft.transport;

/**
 * Carries the log's messages to other members. Implemented by whoever runs the member; called by the log, also from
 * inside its locks.
 *
 * <p>Messages that one lane carries to one peer arrive in the order in which they were sent. When one is lost, those
 * behind it are lost too, until a new connection begins: the log resends from where it knows the peer to be.
 */
public interface PeerTransport {
    /** For a member without peers: every message is lost at once. */
    PeerTransport NONE = (peerId, lane, message, answer) -> answer.failed("no transport to other members");

    /**
     * Sends a message and returns at once. When a connection breaks, those who wait for its answers are told. Most would find out
     * by themselves, but a leader waits half an hour for the answer of a member that takes in a full copy.
     *
     * @param peerId the receiver's member ID
     * @param message belongs to the transport from now on
     */
    void send(long peerId, Lane lane, byte[] message, PeerAnswer answer);
}

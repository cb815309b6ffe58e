package io.etcetera.raft.transport;

/** Outcome of {@link PeerTransport#send}. At most one of the methods is called, once, on any thread; neither blocks. */
public interface PeerAnswer {

    /** The peer answered; the bytes belong to the receiver from now on. */
    void received(byte[] answer);

    /** The message or its answer is known to be lost. The peer may have acted on it all the same. */
    void failed(String reason);
}

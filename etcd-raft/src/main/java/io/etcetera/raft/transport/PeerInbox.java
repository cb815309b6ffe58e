package io.etcetera.raft.transport;

import java.util.function.Consumer;

/** Where a transport delivers what other members sent to this one. Threads: any; never blocks. */
public interface PeerInbox {

    /**
     * Takes a message. The transport has made sure of who sent it and that it belongs to this cluster, and calls in the
     * order of arrival for each peer and lane. The answer, if there will be one, is passed on later, from another thread; answers of
     * one lane may be given out of order.
     *
     * @param from the sender's member ID
     * @param message belongs to the log from now on
     */
    void receive(long from, Lane lane, byte[] message, Consumer<byte[]> answer);
}

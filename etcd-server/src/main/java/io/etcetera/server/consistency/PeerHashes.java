package io.etcetera.server.consistency;

import java.util.List;

/** Asks the other members for their hashes. */
public interface PeerHashes {

    /**
     * Asks each of them in turn, and waits for the answers: up to a request's timeout for each URL.
     *
     * @param revision the history up to there is hashed
     */
    List<PeerHash> at(long revision) throws InterruptedException;
}

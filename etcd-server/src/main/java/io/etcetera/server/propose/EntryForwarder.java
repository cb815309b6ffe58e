package io.etcetera.server.propose;

/**
 * Hands encoded requests to the log of the member that leads. Thread-safe, never blocks.
 *
 * <p>Nothing is said when an entry is taken: it shows by being applied. A leader that did not take it says so, and
 * the proposer learns of it. When the connection is lost, neither may come.
 */
public interface EntryForwarder {
    /** For a member without peers. */
    EntryForwarder NONE = (leaderId, requestId, entry) -> false;

    /**
     * Sends an entry on its way.
     *
     * @param entry not to be changed afterwards
     * @return false if it was not sent, because there is no connection to that member or too much waits on it
     */
    boolean forward(long leaderId, long requestId, byte[] entry);
}

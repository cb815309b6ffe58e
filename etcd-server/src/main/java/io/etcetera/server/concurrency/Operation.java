package io.etcetera.server.concurrency;

/** A request that may wait for long. */
@FunctionalInterface
public interface Operation {
    /** For a request that waits for nobody: it is soon answered, and calling it off changes nothing. */
    Operation SHORT = () -> {};

    /**
     * Ends the wait. The answer is CANCELED then, and comes when the key that was waiting has been deleted. Does nothing
     * if the request has been answered. On the executor of the request's {@link MemberClient}.
     */
    void cancel();
}

package io.etcetera.raft.jraft;

import io.etcetera.raft.transport.PeerTransport;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongConsumer;

/**
 * One member's way to the others, and the clock by which it stops waiting for them. Owned by {@link NodeStarter}; used
 * by any thread.
 */
record PeerLink(
        PeerTransport transport,
        ScheduledThreadPoolExecutor timeouts,
        HeartbeatPace heartbeats,
        LongConsumer entriesAnswered,
        Failure failure) {

    /** @param entriesAnswered is told which member has answered for entries, on any thread */
    static PeerLink open(
            String member,
            PeerTransport transport,
            HeartbeatPace heartbeats,
            LongConsumer entriesAnswered,
            Failure failure) {
        ScheduledThreadPoolExecutor timeouts = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "raft-timeouts-" + member);
            thread.setDaemon(true);
            return thread;
        });
        timeouts.setRemoveOnCancelPolicy(true);
        timeouts.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return new PeerLink(transport, timeouts, heartbeats, entriesAnswered, failure);
    }

    void close() {
        timeouts.shutdownNow();
    }
}

package io.etcetera.raft.jraft;

import io.etcetera.raft.transport.PeerTransport;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * One member's way to the others, and the clock by which it stops waiting for them. Owned by {@link NodeStarter}; used
 * by any thread.
 */
record PeerLink(
        PeerTransport transport, ScheduledThreadPoolExecutor timeouts, HeartbeatPace heartbeats, Failure failure) {

    static PeerLink open(String member, PeerTransport transport, HeartbeatPace heartbeats, Failure failure) {
        ScheduledThreadPoolExecutor timeouts = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "raft-timeouts-" + member);
            thread.setDaemon(true);
            return thread;
        });
        timeouts.setRemoveOnCancelPolicy(true);
        timeouts.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return new PeerLink(transport, timeouts, heartbeats, failure);
    }

    void close() {
        timeouts.shutdownNow();
    }
}

package io.etcetera.raft.jraft;

import io.etcetera.raft.transport.Lane;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which a member takes messages: one for each peer's lane of entries, which keeps their order; one for
 * everything urgent, of all peers; one for taking over a full copy, which may take minutes. Made when first needed, gone
 * when idle. The senders bound what waits here: they send no more than they have been answered for.
 */
final class InboxThreads {
    private static final Logger LOG = LoggerFactory.getLogger(InboxThreads.class);
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 30;

    private final String member;
    private final Map<Long, ThreadPoolExecutor> appends = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor control;
    private final ThreadPoolExecutor installations;
    private volatile boolean closed;

    InboxThreads(String member) {
        this.member = member;
        this.control = single("control");
        this.installations = single("install");
    }

    Executor of(long peerId, Lane lane) {
        return switch (lane) {
            case CONTROL -> control;
            case APPEND ->
                appends.computeIfAbsent(
                        peerId, id -> single("append-" + Peers.peer(id).getIp()));
        };
    }

    Executor ofInstallations() {
        return installations;
    }

    private ThreadPoolExecutor single(String what) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread, (task, full) -> {
                    if (!closed) {
                        throw new IllegalStateException("messages are refused without a reason");
                    }
                    LOG.debug("a message came after the member had stopped");
                });
        executor.allowCoreThreadTimeOut(true);
        executor.setThreadFactory(task -> {
            Thread thread = thread(task);
            thread.setName("raft-" + what + "-" + member);
            return thread;
        });
        return executor;
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    /** Drops what waits, and waits for what runs. The engine has been told to stop, so that nothing runs for long. */
    void close() {
        closed = true;
        installations.shutdownNow();
        control.shutdownNow();
        appends.values().forEach(ThreadPoolExecutor::shutdownNow);
        await(installations);
        await(control);
        appends.values().forEach(InboxThreads::await);
    }

    private static void await(ThreadPoolExecutor executor) {
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a message of another member is still being handled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

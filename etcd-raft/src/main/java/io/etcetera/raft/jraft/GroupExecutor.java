package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.util.ThreadPoolsFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The pool in which the engine runs callbacks of one group, shared by the group's members in this JVM.
 *
 * <p>Its queue is unbounded on purpose: when the engine's default pool is full, the rejection unwinds the engine in the
 * middle of an append, and entries of a batch that was never written get acknowledged.
 *
 * <p>The engine lets a pool be registered for a group, but never taken back. So what is registered is this shell, which
 * stays; the threads live in a pool inside it, from the first {@link #acquire} to the last {@link #release}.
 */
final class GroupExecutor extends ThreadPoolExecutor {
    // A closing member blocks one of them while it waits for work that the others have to do.
    private static final int THREADS_PER_MEMBER = 3;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 30;

    private final String group;
    private int members;
    private volatile @Nullable ThreadPoolExecutor pool;

    private GroupExecutor(String group) {
        // None of this is ever used: execute() is overridden, and threads start only in there.
        super(0, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        this.group = group;
    }

    /** The group's pool, with threads for one more member. */
    static GroupExecutor acquire(String group) {
        GroupExecutor executor = Registry.find(group);
        executor.addMember();
        return executor;
    }

    private synchronized void addMember() {
        members++;
        ThreadPoolExecutor present = pool;
        if (present == null) {
            present = new ThreadPoolExecutor(
                    THREADS_PER_MEMBER,
                    THREADS_PER_MEMBER,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    threads());
            present.allowCoreThreadTimeOut(true);
            pool = present;
        } else {
            present.setMaximumPoolSize(members * THREADS_PER_MEMBER);
            present.setCorePoolSize(members * THREADS_PER_MEMBER);
        }
    }

    private ThreadFactory threads() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "raft-" + group + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Gives back what {@link #acquire} took. The last member waits until all that was queued has run and the threads have
     * ended.
     */
    synchronized void release() {
        members--;
        ThreadPoolExecutor present = pool;
        if (present == null) {
            return;
        }
        if (members > 0) {
            present.setCorePoolSize(members * THREADS_PER_MEMBER);
            present.setMaximumPoolSize(members * THREADS_PER_MEMBER);
            return;
        }
        pool = null;
        present.shutdown();
        try {
            if (!present.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                present.shutdownNow();
            }
        } catch (InterruptedException e) {
            present.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void execute(Runnable task) {
        ExecutorService present = pool;
        if (present == null) {
            throw new RejectedExecutionException("no member of " + group + " runs in this process");
        }
        present.execute(task);
    }

    /** The engine's static table of pools; a subclass because reading it is protected. */
    private static final class Registry extends ThreadPoolsFactory {

        static synchronized GroupExecutor find(String group) {
            if (getExecutor(group) instanceof GroupExecutor known) {
                return known;
            }
            GroupExecutor made = new GroupExecutor(group);
            registerThreadPool(group, made);
            return made;
        }
    }
}

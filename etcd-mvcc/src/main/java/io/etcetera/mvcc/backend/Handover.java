package io.etcetera.mvcc.backend;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Hands chunks from the thread that makes them to the one that uses them, one at a time, until either of them or a third ends it. Thread-safe. */
final class Handover {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private byte @Nullable [] chunk;
    private @Nullable RuntimeException end;

    /**
     * Waits until the chunk before has been taken, and leaves this one.
     *
     * @return false, without having left it, if that takes so long
     */
    boolean put(byte[] next, long timeoutNanos) throws InterruptedException {
        lock.lock();
        try {
            long rest = timeoutNanos;
            while (chunk != null && end == null && rest > 0) {
                rest = changed.awaitNanos(rest);
            }
            throwIfEnded();
            if (chunk != null) {
                return false;
            }
            chunk = next;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a chunk, for as long as it takes. */
    byte[] take() throws InterruptedException {
        lock.lock();
        try {
            while (chunk == null && end == null) {
                changed.await();
            }
            byte[] taken = chunk;
            if (taken == null) {
                throwIfEnded();
                throw new AssertionError("neither a chunk nor an end");
            }
            chunk = null;
            changed.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void throwIfEnded() {
        RuntimeException cause = end;
        if (cause != null) {
            throw cause;
        }
    }

    /** Has both sides fail from now on, what was left before included in what can be taken. The first cause counts. */
    void end(RuntimeException cause) {
        lock.lock();
        try {
            if (end == null) {
                end = cause;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}

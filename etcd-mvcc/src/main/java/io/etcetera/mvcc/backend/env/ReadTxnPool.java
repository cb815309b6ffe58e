package io.etcetera.mvcc.backend.env;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Env;

/**
 * Idle read transactions, reset and ready to be renewed, which is cheaper than opening one. Thread-safe. A permit stands
 * for each transaction in use; {@link #close()} takes all of them, so that the environment is never unmapped under a
 * reader, which would crash the JVM.
 */
final class ReadTxnPool implements AutoCloseable {
    /** Most transactions in use at once; further readers wait. Fewer than the slots of the reader table. */
    static final int MAX_IN_USE = 1000;

    private static final int IDLE_SLOTS = 64;

    private final LmdbEnv owner;
    private final Env<NativeSlice> env;
    private final AtomicReferenceArray<@Nullable ReadTxn> idle = new AtomicReferenceArray<>(IDLE_SLOTS);
    private final Semaphore permits = new Semaphore(MAX_IN_USE);
    private volatile boolean closed;

    ReadTxnPool(LmdbEnv owner, Env<NativeSlice> env) {
        this.owner = owner;
        this.env = env;
    }

    /** A transaction on the newest commit, to be given back with {@link #release}; null once the pool is closing. */
    @Nullable
    ReadTxn acquire() {
        if (closed) {
            return null;
        }
        permits.acquireUninterruptibly();
        try {
            if (closed) {
                permits.release();
                return null;
            }
            int start = slot();
            for (int i = 0; i < IDLE_SLOTS; i++) {
                int slot = (start + i) & (IDLE_SLOTS - 1);
                if (idle.getPlain(slot) != null) {
                    ReadTxn pooled = idle.getAndSet(slot, null);
                    if (pooled != null) {
                        pooled.txn().renew();
                        return pooled;
                    }
                }
            }
            return new ReadTxn(owner, env.txnRead());
        } catch (RuntimeException | Error e) {
            permits.release();
            throw e;
        }
    }

    void release(ReadTxn txn) {
        try {
            txn.txn().reset();
            int start = slot();
            for (int i = 0; i < IDLE_SLOTS; i++) {
                int slot = (start + i) & (IDLE_SLOTS - 1);
                if (idle.getPlain(slot) == null && idle.compareAndSet(slot, null, txn)) {
                    return;
                }
            }
            txn.txn().close();
        } finally {
            permits.release();
        }
    }

    /** Transactions that have been acquired and not released. */
    int inUse() {
        return MAX_IN_USE - permits.availablePermits();
    }

    /** Where a thread begins to look: mostly its own slot, so that threads do not meet. */
    private static int slot() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 6)) & (IDLE_SLOTS - 1);
    }

    /** Waits for readers to finish and closes all transactions. Those who come later get none. */
    @Override
    public void close() {
        closed = true;
        permits.acquireUninterruptibly(MAX_IN_USE);
        try {
            for (int i = 0; i < IDLE_SLOTS; i++) {
                ReadTxn txn = idle.getAndSet(i, null);
                if (txn != null) {
                    txn.txn().close();
                }
            }
        } finally {
            permits.release(MAX_IN_USE);
        }
    }
}

package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The environment that serves the store, which a defragmentation replaces by another with the same content. Any thread
 * reads; the committer commits and replaces.
 *
 * <p>A reader that has its transaction before the replacement finishes in the old environment. Since both hold the same
 * at that moment, and nothing is committed meanwhile, it makes no difference to a reader which of them it gets: what it
 * has seen in the {@link io.etcetera.mvcc.backend.buffer.Buffers} before is in neither or in both.
 */
public final class LiveEnv implements AutoCloseable {
    private final DurableSteps steps;
    private volatile LmdbEnv current;
    private volatile @Nullable TouchedKeys touched;

    public LiveEnv(LmdbEnv first, DurableSteps steps) {
        this.current = first;
        this.steps = steps;
    }

    public LmdbEnv current() {
        return current;
    }

    /**
     * A read transaction on the newest commit, to be closed.
     *
     * @throws StoreClosedException if the store is closed
     */
    public ReadTxn acquire() {
        LmdbEnv env = current;
        while (true) {
            ReadTxn txn = env.acquire();
            if (txn != null) {
                return txn;
            }
            LmdbEnv next = current;
            if (next == env) {
                throw new StoreClosedException("the store is closed");
            }
            env = next;
        }
    }

    /** Commits a buffer in one transaction, synced. Committer only. */
    public void commit(WriteBuffer buffer) {
        steps.reached(DurableSteps.Step.COMMIT_BEGINS);
        current.commit(buffer);
        steps.reached(DurableSteps.Step.COMMITTED);
        // Afterwards, so that whoever drains the keys finds what they stand for in a transaction begun after that.
        TouchedKeys tracker = touched;
        if (tracker != null) {
            tracker.add(buffer);
        }
    }

    /** Starts to keep the keys of each commit that is not seen by a transaction acquired after this. */
    public TouchedKeys track() {
        TouchedKeys tracker = new TouchedKeys();
        touched = tracker;
        return tracker;
    }

    public void stopTracking() {
        touched = null;
    }

    /** Committer only: {@code next}, which holds the same, serves from now on. Closing the old one is the caller's. */
    public void replaceWith(LmdbEnv next) {
        current = next;
    }

    /** All pages of the file as of the last commit. */
    public long sizeBytes() {
        return current.sizeBytes();
    }

    /** Pages of the buckets as of the last commit. */
    public long sizeInUseBytes() {
        return current.sizeInUseBytes();
    }

    /** Read transactions in use, but for those in an environment that was replaced. */
    public int openReads() {
        return current.openReads();
    }

    /** Waits for readers. Idempotent. */
    @Override
    public void close() {
        current.close();
    }
}

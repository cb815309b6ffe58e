package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.Uninterruptibly;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out compactions, one after the other, on a thread of its own: first in the index, a thousand keys at a time
 * under the writer lock; then on disk, where every record up to the compact revision that the index no longer knows is
 * deleted, in small batches with pauses. The same pass hashes the records. What is stopped half way is begun again when
 * the store is next opened.
 */
final class Compactor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Compactor.class);
    private static final int INDEX_STEP_KEYS = 1_000;

    /**
     * A compaction to be done.
     *
     * @param revision drops what is older
     * @param previousRevision of the compaction before; -1 if there was none
     * @param previousFinished whether that one was through when this one was asked for
     */
    record Order(long revision, long previousRevision, boolean previousFinished) {}

    private record Job(Order order, CompletableFuture<Void> done) {
        long revision() {
            return order.revision;
        }
    }

    private final Backend backend;
    private final KeyIndex index;
    private final ReentrantLock writerLock;
    private final KvStoreOptions options;
    private final StoreHashes hashes;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final Deque<Job> waiting = new ArrayDeque<>();
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private boolean stopping;

    Compactor(Backend backend, KeyIndex index, ReentrantLock writerLock, StoreHashes hashes, KvStoreOptions options) {
        this.backend = backend;
        this.index = index;
        this.writerLock = writerLock;
        this.hashes = hashes;
        this.options = options;
        Thread made = options.threads().newThread(this::run);
        if (made == null) {
            throw new IllegalStateException("thread factory made no thread");
        }
        this.thread = made;
    }

    void start() {
        thread.start();
    }

    /** Queues a compaction; completes when it is done and durable. */
    CompletionStage<Void> add(Order order) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            if (stopping) {
                done.completeExceptionally(stopped());
            } else {
                waiting.add(new Job(order, done));
                last = done;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return done;
    }

    /** Completes with the last compaction queued so far; they are done in order. */
    CompletionStage<Void> allDone() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (Job job = next(); job != null; job = next()) {
            try {
                compact(job);
            } catch (StoppedException e) {
                job.done.completeExceptionally(stopped());
            } catch (StoreClosedException e) {
                // Another content has taken the place of this one, and goes on with its own compactions.
                job.done.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                log.error(
                        "compaction at revision {} failed; it goes on when the store is opened again",
                        job.revision(),
                        e);
                job.done.completeExceptionally(e);
            }
        }
    }

    private @Nullable Job next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !stopping) {
                changed.awaitUninterruptibly();
            }
            return stopping ? null : waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    private void compact(Job job) throws StoppedException {
        long begin = options.nanoClock().getAsLong();
        compactIndex(job.revision());
        options.listener().indexCompacted(options.nanoClock().getAsLong() - begin);
        RecordHasher hasher = new RecordHasher(job.revision(), job.order.previousRevision);
        long deleted = deleteRecords(job.revision(), hasher);
        backend.beginEntry();
        try {
            backend.put(Bucket.META, MetaKeys.FINISHED_COMPACT_REV.key(), RevisionKey.of(job.revision(), 0));
        } finally {
            backend.endEntry();
        }
        backend.commit().whenComplete((durableIndex, failure) -> {
            if (failure == null) {
                long tookNanos = options.nanoClock().getAsLong() - begin;
                finished(job, deleted, hasher.result(), Duration.ofNanos(tookNanos));
            } else {
                job.done.completeExceptionally(failure);
            }
        });
    }

    private void finished(Job job, long deleted, KvHash hash, Duration took) {
        long size = backend.sizeBytes();
        long sizeInUse = backend.sizeInUseBytes();
        log.atInfo()
                .addKeyValue("compact-revision", job.revision())
                .addKeyValue("took", took)
                .addKeyValue("number-of-keys-compacted", deleted)
                .addKeyValue("hash", Integer.toUnsignedLong(hash.crc()))
                .addKeyValue("current-db-size-bytes", size)
                .addKeyValue("current-db-size", ByteSize.format(size))
                .addKeyValue("current-db-size-in-use-bytes", sizeInUse)
                .addKeyValue("current-db-size-in-use", ByteSize.format(sizeInUse))
                .log("finished scheduled compaction");
        if (job.order.previousFinished) {
            hashes.remember(hash);
        } else {
            // The hash is without what the other one had deleted by then, which no other member need have in common.
            log.info("previous compaction was interrupted, skip storing compaction hash value");
        }
        options.listener().compacted(took.toNanos());
        job.done.complete(null);
    }

    private void compactIndex(long revision) throws StoppedException {
        byte[] from = null;
        do {
            checkStopping();
            writerLock.lock();
            try {
                from = index.compact(revision, from, INDEX_STEP_KEYS);
                index.publish();
            } finally {
                writerLock.unlock();
            }
        } while (from != null);
    }

    private long deleteRecords(long revision, RecordHasher hasher) throws StoppedException {
        KeyIndex.View kept = index.published();
        int limit = options.compactionBatchLimit();
        long deleted = 0;
        byte[] from = RevisionKey.of(0, 0);
        while (true) {
            long begin = options.nanoClock().getAsLong();
            CompactionBatch batch = new CompactionBatch(kept, hasher, revision, limit);
            backend.scan(Bucket.KEY, from, batch::look);
            if (!batch.deletions().isEmpty()) {
                delete(batch.deletions());
                deleted += batch.deletions().size();
            }
            options.listener()
                    .recordsDeleted(
                            options.nanoClock().getAsLong() - begin,
                            batch.deletions().size());
            if (!batch.isFull()) {
                return deleted;
            }
            pause();
            from = batch.next();
        }
    }

    private void delete(List<byte[]> revisions) {
        backend.beginEntry();
        try {
            for (byte[] revision : revisions) {
                backend.delete(Bucket.KEY, revision);
            }
        } finally {
            backend.endEntry();
        }
    }

    private void pause() throws StoppedException {
        boolean interrupted = false;
        lock.lock();
        try {
            long rest = options.compactionSleepInterval().toNanos();
            while (!stopping && rest > 0) {
                try {
                    rest = changed.awaitNanos(rest);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        checkStopping();
    }

    private void checkStopping() throws StoppedException {
        lock.lock();
        try {
            if (stopping) {
                throw new StoppedException();
            }
        } finally {
            lock.unlock();
        }
    }

    private static IllegalStateException stopped() {
        return new IllegalStateException("the store was closed; the compaction goes on when it is opened again");
    }

    /** Stops at the next pause and waits for the thread. Idempotent. */
    @Override
    public void close() {
        List<Job> dropped;
        lock.lock();
        try {
            stopping = true;
            dropped = List.copyOf(waiting);
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        dropped.forEach(job -> job.done.completeExceptionally(stopped()));
        Uninterruptibly.join(thread);
    }

    /** Unwinds a compaction that the closing of the store cuts short. */
    private static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("stopped", null, false, false);
        }
    }
}

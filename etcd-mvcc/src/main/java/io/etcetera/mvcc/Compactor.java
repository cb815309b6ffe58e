package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out compactions, one after the other, on a thread of its own: first in the index, a thousand keys at a time
 * under the writer lock; then on disk, where every record up to the compact revision that the index no longer knows is
 * deleted, in small batches with pauses. What is stopped half way is begun again when the store is next opened.
 */
final class Compactor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Compactor.class);
    private static final int INDEX_STEP_KEYS = 1_000;

    private record Job(long revision, CompletableFuture<Void> done) {}

    private final Backend backend;
    private final KeyIndex index;
    private final ReentrantLock writerLock;
    private final KvStoreOptions options;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private final Deque<Job> waiting = new ArrayDeque<>();
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private boolean stopping;

    Compactor(Backend backend, KeyIndex index, ReentrantLock writerLock, KvStoreOptions options) {
        this.backend = backend;
        this.index = index;
        this.writerLock = writerLock;
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
    CompletionStage<Void> add(long revision) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            if (stopping) {
                done.completeExceptionally(stopped());
            } else {
                waiting.add(new Job(revision, done));
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
            } catch (RuntimeException | Error e) {
                log.error(
                        "compaction at revision {} failed; it goes on when the store is opened again", job.revision, e);
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
        compactIndex(job.revision);
        long deleted = deleteRecords(job.revision);
        backend.beginEntry();
        try {
            backend.put(Bucket.META, MetaKeys.FINISHED_COMPACT_REV.key(), RevisionKey.of(job.revision, 0));
        } finally {
            backend.endEntry();
        }
        backend.commit().whenComplete((durableIndex, failure) -> {
            if (failure == null) {
                long tookMillis =
                        TimeUnit.NANOSECONDS.toMillis(options.nanoClock().getAsLong() - begin);
                log.debug("compacted at revision {}: {} records deleted in {} ms", job.revision, deleted, tookMillis);
                job.done.complete(null);
            } else {
                job.done.completeExceptionally(failure);
            }
        });
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

    private long deleteRecords(long revision) throws StoppedException {
        KeyIndex.View kept = index.published();
        long deleted = 0;
        Batch batch = new Batch(kept, revision, RevisionKey.of(0, 0));
        while (true) {
            backend.scan(Bucket.KEY, batch.from, batch::look);
            if (!batch.deletions.isEmpty()) {
                delete(batch.deletions);
                deleted += batch.deletions.size();
            }
            if (batch.seen < options.compactionBatchLimit()) {
                return deleted;
            }
            pause();
            batch = new Batch(kept, revision, batch.next());
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
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Unwinds a compaction that the closing of the store cuts short. */
    private static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("stopped", null, false, false);
        }
    }

    /** One look at some records, in one read transaction. */
    private final class Batch {
        private final KeyIndex.View kept;
        private final long revision;
        private final byte[] from;
        private final RecordHeader header = new RecordHeader();
        private final List<byte[]> deletions = new ArrayList<>();
        private int seen;
        private long lastMain;
        private long lastSub;

        Batch(KeyIndex.View kept, long revision, byte[] from) {
            this.kept = kept;
            this.revision = revision;
            this.from = from;
        }

        boolean look(ByteView key, ByteView record) {
            RevisionKey.check(key);
            long main = RevisionKey.main(key);
            if (main > revision) {
                return false;
            }
            lastMain = main;
            lastSub = RevisionKey.sub(key);
            seen++;
            if (!isKept(record)) {
                deletions.add(key.toArray());
            }
            return seen < options.compactionBatchLimit();
        }

        private boolean isKept(ByteView record) {
            if (record.length() == 0) {
                return false;
            }
            header.decode(record);
            return kept.contains(record.toArray(header.keyOffset(), header.keyLength()), lastMain, lastSub);
        }

        byte[] next() {
            return RevisionKey.of(lastMain, lastSub + 1);
        }
    }
}

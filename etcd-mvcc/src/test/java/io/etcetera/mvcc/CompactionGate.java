package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.backend.CopyProgress;
import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.schema.Bucket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A backend that lets the compactor in for one entry at a time, when the thread that made it says so: a batch of
 * deletions or the mark of a finished compaction. So what is in a commit depends on that thread alone.
 */
final class CompactionGate implements Backend {
    private final Backend backend;
    private final Thread driver = Thread.currentThread();

    // Guarded by this.
    private boolean open;
    private boolean waiting;
    private boolean granted;
    private long finished;
    private CompletionStage<Long> lastCommit = CompletableFuture.completedFuture(0L);

    CompactionGate(Backend backend) {
        this.backend = backend;
    }

    /** Lets the compactor have its way from now on. */
    synchronized void open() {
        open = true;
        notifyAll();
    }

    /**
     * Lets one entry of the compactor in and waits until it comes with the next, or has come to the end of all its work.
     *
     * @param compactions how many there have been, of which fewer are {@link #finished}
     */
    synchronized void letOneIn(long compactions) throws InterruptedException {
        while (!waiting) {
            wait();
        }
        waiting = false;
        granted = true;
        notifyAll();
        while (!waiting && finished < compactions) {
            wait();
        }
    }

    /** Compactions at whose end the compactor has asked for a commit. */
    synchronized long finished() {
        return finished;
    }

    /** Waits for the last commit that the compactor has asked for; none may be held up. */
    void awaitCommit() throws InterruptedException, TimeoutException {
        CompletionStage<Long> last;
        synchronized (this) {
            last = lastCommit;
        }
        try {
            last.toCompletableFuture().get(1, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw new AssertionError("a commit failed", e.getCause());
        }
    }

    private boolean isCompactor() {
        return Thread.currentThread() != driver;
    }

    @Override
    public void beginEntry() {
        if (isCompactor()) {
            awaitGrant();
        }
        backend.beginEntry();
    }

    private synchronized void awaitGrant() {
        waiting = true;
        notifyAll();
        while (!granted && !open) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted before an entry of a compaction", e);
            }
        }
        granted = false;
    }

    @Override
    public CompletionStage<Long> commit() {
        CompletionStage<Long> done = backend.commit();
        if (isCompactor()) {
            synchronized (this) {
                lastCommit = done;
                finished++;
                notifyAll();
            }
        }
        return done;
    }

    @Override
    public void endEntry() {
        backend.endEntry();
    }

    @Override
    public void put(Bucket bucket, byte[] key, byte[] value) {
        backend.put(bucket, key, value);
    }

    @Override
    public void endEntry(long index, long term) {
        backend.endEntry(index, term);
    }

    @Override
    public void abandonEntry(Throwable cause) {
        backend.abandonEntry(cause);
    }

    @Override
    public void delete(Bucket bucket, byte[] key) {
        backend.delete(bucket, key);
    }

    @Override
    public byte @Nullable [] get(Bucket bucket, byte[] key) {
        return backend.get(bucket, key);
    }

    @Override
    public RecordReader reader() {
        return backend.reader();
    }

    @Override
    public void scan(Bucket bucket, byte[] from, EntryVisitor visitor) {
        backend.scan(bucket, from, visitor);
    }

    @Override
    public void forEach(Bucket bucket, BiConsumer<byte[], byte[]> visitor) {
        backend.forEach(bucket, visitor);
    }

    @Override
    public CommittedView committed() {
        return backend.committed();
    }

    @Override
    public long consistentIndex() {
        return backend.consistentIndex();
    }

    @Override
    public long consistentTerm() {
        return backend.consistentTerm();
    }

    @Override
    public CopyProgress defragmentationProgress() {
        return backend.defragmentationProgress();
    }

    @Override
    public CompletionStage<Void> defragment() {
        return backend.defragment();
    }

    @Override
    public int openReads() {
        return backend.openReads();
    }

    @Override
    public long sizeBytes() {
        return backend.sizeBytes();
    }

    @Override
    public long sizeInUseBytes() {
        return backend.sizeInUseBytes();
    }

    @Override
    public void close() {
        backend.close();
    }
}

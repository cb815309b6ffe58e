package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CopyProgress;
import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.backend.buffer.BufferScan;
import io.etcetera.mvcc.backend.buffer.Buffers;
import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.backend.copy.CommitterTurn;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.copy.Defragmenter;
import io.etcetera.mvcc.backend.copy.StoreFiles;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.backend.env.LiveEnv;
import io.etcetera.mvcc.backend.env.LmdbCommittedView;
import io.etcetera.mvcc.backend.env.LmdbCursor;
import io.etcetera.mvcc.backend.env.LmdbEnv;
import io.etcetera.mvcc.backend.env.ReadTxn;
import io.etcetera.mvcc.backend.snapshot.SnapshotMaker;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.MetaKeys;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The backend on LMDB. One lock, {@link #entryLock}, is held from the begin to the end of an entry and by the committer
 * while it takes the filling buffer away, so that a batch holds whole entries. Readers take no lock: see {@link
 * Buffers}.
 *
 * <p>A failed commit is final. The buffers stay readable, every later write and commit throws, and {@link #close()}
 * commits nothing more; what was not durable is in the raft log.
 *
 * <p>When another store has taken its place, this one is frozen: no more is written or committed, and readers go on
 * until it is closed.
 */
final class LmdbBackend implements SnapshotMaker.Source {
    /** Batches that the filling buffer may take in while a commit runs, before writers wait. */
    private static final int BATCHES_AHEAD = 4;

    private static final byte[] FROM_START = {};

    private final LiveEnv env;
    private final BackendOptions options;
    private final Committer committer;
    private final Defragmenter defragmenter;

    /** Fair, so that neither a busy apply thread nor a compaction keeps the others out. */
    private final ReentrantLock entryLock = new ReentrantLock(true);

    /** The filling buffer has been taken away, or will never be again. */
    private final Condition taken = entryLock.newCondition();

    private volatile Buffers buffers = new Buffers(new WriteBuffer(), null);
    private volatile long consistentIndex;
    private volatile long consistentTerm;
    private volatile @Nullable Throwable failure;
    private boolean closing;
    private boolean frozen;

    /** Takes over the environment, unless this throws, and starts the committer. */
    LmdbBackend(
            LmdbEnv opened, BackendOptions options, StoreFiles files, DurableSteps steps, CopyOptions defragmentation) {
        this.env = new LiveEnv(opened, steps);
        this.options = options;
        this.consistentIndex = readMeta(MetaKeys.CONSISTENT_INDEX);
        this.consistentTerm = readMeta(MetaKeys.TERM);
        this.committer = new Committer(this, env, entryLock, options, consistentIndex);
        this.defragmenter = new Defragmenter(env, committer::giveTurn, files, defragmentation, steps, options);
        committer.start();
    }

    private long readMeta(MetaKeys key) {
        byte[] value = get(Bucket.META, key.key());
        return value == null ? 0 : key.decodeLong(value);
    }

    @Override
    public void beginEntry() {
        if (entryLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("this thread has an entry open");
        }
        entryLock.lock();
        try {
            while (isFull(buffers.filling()) && failure == null && !closing && !frozen) {
                committer.request();
                taken.awaitUninterruptibly();
            }
            checkWritable();
        } catch (RuntimeException | Error e) {
            entryLock.unlock();
            throw e;
        }
    }

    private boolean isFull(WriteBuffer buffer) {
        return buffer.writes() >= (long) BATCHES_AHEAD * options.batchLimit()
                || buffer.bytes() >= options.maxBufferedBytes();
    }

    private void checkWritable() {
        Throwable cause = failure;
        if (cause != null) {
            throw new StoreFailedException(
                    "the store takes no writes after a failed commit: " + cause.getMessage(), cause);
        }
        if (closing || frozen) {
            throw new StoreClosedException(closing ? "the store is closed" : "another store has taken its place");
        }
    }

    @Override
    public void endEntry(long index, long term) {
        checkInEntry();
        buffers.filling().applied(index, term);
        consistentTerm = term;
        consistentIndex = index;
        endEntry();
    }

    @Override
    public void endEntry() {
        checkInEntry();
        committer.entryEnded(buffers.filling());
        entryLock.unlock();
    }

    @Override
    public void abandonEntry(Throwable cause) {
        checkInEntry();
        failure = cause;
        taken.signalAll();
        committer.request();
        entryLock.unlock();
    }

    private void checkInEntry() {
        if (!entryLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("this thread has no entry open");
        }
    }

    @Override
    public void put(Bucket bucket, byte[] key, byte[] value) {
        checkInEntry();
        buffers.filling().put(bucket, key, value);
    }

    @Override
    public void delete(Bucket bucket, byte[] key) {
        checkInEntry();
        buffers.filling().delete(bucket, key);
    }

    @Override
    public byte @Nullable [] get(Bucket bucket, byte[] key) {
        byte[] storedKey = LongKeys.storedKey(key);
        byte[] stored = buffers.get(bucket, storedKey);
        if (stored == null) {
            try (ReadTxn txn = env.acquire()) {
                stored = txn.get(bucket, storedKey);
            }
        }
        return stored == null || stored == WriteBuffer.DELETED ? null : LongKeys.value(storedKey, stored);
    }

    @Override
    public RecordReader reader() {
        return new LmdbRecordReader(env, buffers);
    }

    @Override
    public void forEach(Bucket bucket, BiConsumer<byte[], byte[]> visitor) {
        scan(bucket, FROM_START, (key, value) -> {
            byte[] storedKey = key.toArray();
            byte[] storedValue = value.toArray();
            visitor.accept(LongKeys.key(storedKey, storedValue), LongKeys.value(storedKey, storedValue));
            return true;
        });
    }

    @Override
    public void scan(Bucket bucket, byte[] from, EntryVisitor visitor) {
        BufferScan buffered = new BufferScan(buffers, bucket, from);
        try (ReadTxn txn = env.acquire();
                LmdbCursor cursor = txn.cursor(bucket)) {
            boolean onDisk = cursor.seek(from);
            while (onDisk || buffered.key() != null) {
                byte[] bufferedKey = buffered.key();
                int order = !onDisk ? 1 : bufferedKey == null ? -1 : cursor.compareKey(bufferedKey);
                boolean more = true;
                if (order < 0 || bufferedKey == null) {
                    cursor.load();
                    more = visitor.visit(cursor.key(), cursor.value());
                } else {
                    if (buffered.value() != WriteBuffer.DELETED) {
                        more = visitor.visit(ByteView.of(bufferedKey), ByteView.of(buffered.value()));
                    }
                    buffered.advance();
                }
                if (!more) {
                    return;
                }
                if (order <= 0) {
                    onDisk = cursor.next();
                }
            }
        }
    }

    /** A read transaction on the newest commit, to be closed. */
    ReadTxn acquire() {
        return env.acquire();
    }

    @Override
    public LmdbCommittedView committed() {
        return new LmdbCommittedView(acquire());
    }

    @Override
    public long consistentIndex() {
        return consistentIndex;
    }

    @Override
    public long consistentTerm() {
        return consistentTerm;
    }

    @Override
    public CompletionStage<Long> commit() {
        entryLock.lock();
        try {
            checkWritable();
            return committer.requestCommit();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            entryLock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> defragment() {
        return defragmenter.defragment();
    }

    @Override
    public CopyProgress defragmentationProgress() {
        return defragmenter.progress();
    }

    @Override
    public int openReads() {
        return env.openReads();
    }

    @Override
    public long sizeBytes() {
        return env.sizeBytes() + bufferedBytes();
    }

    @Override
    public long sizeInUseBytes() {
        return env.sizeInUseBytes() + bufferedBytes();
    }

    private long bufferedBytes() {
        Buffers current = buffers;
        WriteBuffer committing = current.committing();
        return current.filling().bytes() + (committing == null ? 0 : committing.bytes());
    }

    /** Committer, with the entry lock: makes the filling buffer the committing one. */
    WriteBuffer take() {
        WriteBuffer batch = buffers.filling();
        buffers = new Buffers(new WriteBuffer(), batch);
        taken.signalAll();
        return batch;
    }

    /** Committer: the batch is on disk. */
    void batchCommitted() {
        buffers = new Buffers(buffers.filling(), null);
    }

    /** The entry lock is held. Why nothing may be committed any more; null if all is well. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Committer: a batch could not be committed, so nothing will be any more. */
    void failed(Throwable cause) {
        entryLock.lock();
        try {
            failure = cause;
            taken.signalAll();
        } finally {
            entryLock.unlock();
        }
    }

    /** Stops whatever changes files but the committer; for the moment before this is {@link #freeze frozen}. */
    void stopDefragmenting() {
        defragmenter.stop();
    }

    /** Has the committer do this between two commits. */
    void giveTurn(CommitterTurn turn) {
        committer.giveTurn(turn);
    }

    /** Committer, during a turn: nothing is written or committed any more. What the buffers hold readers still see. */
    void freeze() {
        entryLock.lock();
        try {
            frozen = true;
            taken.signalAll();
        } finally {
            entryLock.unlock();
        }
    }

    /** The entry lock is held. */
    boolean isFrozen() {
        return frozen;
    }

    /** For a store that has been given the name of another one. */
    void renamedTo(Path file) {
        env.current().renamedTo(file);
    }

    /** The entry lock is held. What is filling now. */
    WriteBuffer filling() {
        return buffers.filling();
    }

    @Override
    public void close() {
        if (Thread.currentThread() == committer.thread()) {
            throw new IllegalStateException("a callback of the committer cannot close the store");
        }
        entryLock.lock();
        try {
            closing = true;
            taken.signalAll();
        } finally {
            entryLock.unlock();
        }
        defragmenter.close();
        committer.stop();
        env.close();
    }
}

package io.etcetera.mvcc.backend.snapshot;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CopyProgress;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.backend.copy.BackgroundThread;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.copy.CopyWatch;
import io.etcetera.mvcc.backend.copy.Pace;
import io.etcetera.mvcc.backend.copy.StoreFiles;
import io.etcetera.mvcc.backend.env.LmdbCommittedView;
import io.etcetera.mvcc.bolt.BoltOutput;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots for clients, one at a time, on a thread that is there only while it has work. One read transaction is walked
 * through twice: the first time by sizes alone, which finds how large the file will be, and what its meta pages say, which stand before
 * everything that they follow from; the second time for the client, as {@link SnapshotOutput} says. Takes some
 * megabytes, whatever the size of the store and the pace of the client.
 */
public final class SnapshotMaker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotMaker.class);

    /** How long a client is waited for, in all, before what it has not taken goes to the disk. */
    private static final long LAG_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String CLOSING = "the store is being closed";

    /** What there is a snapshot of: the content of a store, until another takes its place. */
    public interface Source extends Backend {
        @Override
        LmdbCommittedView committed();
    }

    private final StoreFiles files;
    private final CopyOptions options;
    private final BackendOptions backend;
    private final long lagNanos;
    private final CopyWatch watch;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BackgroundThread thread;
    private final Set<StoreSnapshot> open = ConcurrentHashMap.newKeySet();

    public SnapshotMaker(StoreFiles files, CopyOptions options, BackendOptions backend) {
        this(files, options, backend, LAG_NANOS);
    }

    /** @param lagNanos as {@link SnapshotOutput} takes it */
    SnapshotMaker(StoreFiles files, CopyOptions options, BackendOptions backend, long lagNanos) {
        this.files = files;
        this.options = options;
        this.backend = backend;
        this.lagNanos = lagNanos;
        this.watch = new CopyWatch("writing a database snapshot", backend.nanoClock());
        this.thread = new BackgroundThread(backend.threadName() + "-snapshot");
    }

    /** As {@link io.etcetera.mvcc.backend.ReplaceableBackend#snapshot}. */
    public CompletionStage<StoreSnapshot> make(Supplier<Source> source, BooleanSupplier unwanted) {
        CompletableFuture<StoreSnapshot> done = new CompletableFuture<>();
        try {
            thread.execute(() -> run(source, unwanted, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StoreSnapshotException(message(CLOSING), e));
        }
        return done;
    }

    /** As {@link io.etcetera.mvcc.backend.ReplaceableBackend#snapshotProgress}. */
    public CopyProgress progress() {
        return watch.progress();
    }

    private void run(Supplier<Source> source, BooleanSupplier unwanted, CompletableFuture<StoreSnapshot> done) {
        try {
            boolean made = false;
            while (!made) {
                checkWanted(unwanted);
                made = makeOf(source.get(), source, unwanted, done);
            }
        } catch (IOException | UncheckedIOException | InterruptedException e) {
            done.completeExceptionally(new StoreSnapshotException(message(String.valueOf(e.getMessage())), e));
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
        } finally {
            watch.end();
        }
    }

    /** Returns false if another store has taken the place of this one before a view of it was open. */
    private boolean makeOf(
            Source present, Supplier<Source> source, BooleanSupplier unwanted, CompletableFuture<StoreSnapshot> done)
            throws IOException, InterruptedException {
        try (LmdbCommittedView view = committed(present)) {
            checkSpace(0, options.reserveBytes());
            Terms terms = new Terms(present, unwanted);
            produce(view, laidOut(view, terms), terms, done);
            return true;
        } catch (StoreClosedException e) {
            if (source.get() == present) {
                throw new StoreSnapshotException(message(CLOSING), e);
            }
            return false;
        }
    }

    /** A view of all that is written by now. */
    private static LmdbCommittedView committed(Source present) {
        try {
            var unusedIndex = present.commit().toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreClosedException closed) {
                throw closed;
            }
            throw e;
        }
        return present.committed();
    }

    private void checkWanted(BooleanSupplier unwanted) {
        if (unwanted.getAsBoolean()) {
            throw new CancellationException("nobody waits for the snapshot any more");
        }
        if (stopped.getCount() == 0) {
            throw new StoreSnapshotException(message(CLOSING), null);
        }
    }

    /** What the first walk finds. */
    private record Layout(byte[] metaPages, long sizeBytes) {}

    private Layout laidOut(LmdbCommittedView view, Terms terms) throws IOException, InterruptedException {
        byte[] metaPages = new byte[SnapshotStream.META_BYTES];
        BoltOutput metaPagesAlone = (bytes, position) -> {
            if (position < metaPages.length) {
                bytes.get(metaPages, (int) position, bytes.remaining());
            }
        };
        long size = new SnapshotWriting(metaPagesAlone, options.stepBytes(), written -> terms.check())
                .writeAll(view::scanSizes);
        return new Layout(metaPages, size);
    }

    /** Returns when all has been handed over, or the snapshot has ended in another way. */
    private void produce(LmdbCommittedView view, Layout layout, Terms terms, CompletableFuture<StoreSnapshot> done) {
        String store = files.store().toString();
        long size = layout.sizeBytes();
        Handover handover = new Handover();
        SnapshotStream stream =
                new SnapshotStream(store, layout.metaPages(), size, storageVersion(view), handover, open::remove);
        open.add(stream);
        watch.begin(size);
        done.complete(stream);
        SnapshotOutput output = new SnapshotOutput(store, size, lagNanos, backend.nanoClock(), handover, terms);
        try {
            terms.begin();
            long written = new SnapshotWriting(output, options.stepBytes(), terms::handed).writeAll(view::scan);
            if (written != size) {
                throw new AssertionError("a view was laid out in " + size + " bytes, and then in " + written);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.giveUp("interrupted", e);
        } catch (IOException | UncheckedIOException e) {
            log.warn("store {}: a snapshot was given up", files.store(), e);
            stream.giveUp(String.valueOf(e.getMessage()), e);
        } catch (CorruptStoreException e) {
            log.error("store {}: a snapshot was given up", files.store(), e);
            stream.end(e);
        } catch (RuntimeException e) {
            stream.end(e); // is closed, or not wanted any more
        } catch (Error e) {
            stream.giveUp(String.valueOf(e), e);
            throw e;
        }
    }

    private static String storageVersion(LmdbCommittedView view) {
        byte[] version = view.get(Bucket.META, MetaKeys.STORAGE_VERSION.key());
        return version == null ? "" : new String(version, StandardCharsets.UTF_8);
    }

    /** What one snapshot has to keep to. */
    private final class Terms implements SnapshotOutput.Conditions {
        private final Source source;
        private final BooleanSupplier unwanted;
        private final Pace handing = new Pace(backend.nanoClock(), options.stepBytes());
        private final Pace filing = new Pace(backend.nanoClock(), options.stepBytes());
        private boolean isFiling;
        private long applied;
        private long unsyncedBytes;

        Terms(Source source, BooleanSupplier unwanted) {
            this.source = source;
            this.unwanted = unwanted;
        }

        @Override
        public void check() {
            checkWanted(unwanted);
            checkSpace(0, options.reserveBytes() / 2);
        }

        void begin() {
            applied = source.consistentIndex();
            handing.stepBegins();
        }

        /** Reader and maker together could keep both the processors and the disk, if it is the same one, from commits. */
        void handed(long writtenBytes) throws InterruptedException {
            watch.at(writtenBytes);
            if (!isFiling) {
                restAfter(handing);
                handing.stepBegins();
            }
        }

        private void restAfter(Pace pace) throws InterruptedException {
            long now = source.consistentIndex();
            long rest = pace.stepEnded(now != applied);
            applied = now;
            // Also the place where a store that is being closed gets a word in.
            var unusedStopped = stopped.await(rest, TimeUnit.NANOSECONDS);
        }

        @Override
        public Optional<FileChannel> file(long bytes) throws IOException {
            String lack = files.lackOfSpace(bytes, options.reserveBytes());
            if (lack != null) {
                log.debug("store {}: a snapshot waits for its reader: {}", files.store(), lack);
                return Optional.empty();
            }
            log.atInfo()
                    .addKeyValue("path", files.snapshot())
                    .addKeyValue("left-bytes", bytes)
                    .log("keeping the rest of a database snapshot on the disk for a slow client");
            isFiling = true;
            applied = source.consistentIndex();
            filing.stepBegins();
            // What is deleted on closing is nameless from the start, on systems that know such files.
            return Optional.of(FileChannel.open(
                    files.snapshot(),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE));
        }

        /** Small synced steps, which leave the disk to commits in between. */
        @Override
        public void appended(FileChannel file, long bytes) throws IOException, InterruptedException {
            unsyncedBytes += bytes;
            if (unsyncedBytes < filing.stepBytes()) {
                return;
            }
            unsyncedBytes = 0;
            file.force(false);
            restAfter(filing);
            checkSpace(options.stepBytes(), options.reserveBytes());
            filing.stepBegins();
        }
    }

    private void checkSpace(long neededBytes, long reserveBytes) {
        String lack = files.lackOfSpace(neededBytes, reserveBytes);
        if (lack != null) {
            log.warn("store {}: no snapshot is made: {}", files.store(), lack);
            throw new StoreSnapshotException(message(lack), null);
        }
    }

    private String message(String why) {
        return "cannot make a snapshot of " + files.store() + ": " + why;
    }

    /** Gives up what runs and what waits, and ends all snapshots that are still being read. Idempotent. */
    @Override
    public void close() {
        stopped.countDown();
        open.forEach(StoreSnapshot::close);
        thread.close();
        open.forEach(StoreSnapshot::close);
    }
}

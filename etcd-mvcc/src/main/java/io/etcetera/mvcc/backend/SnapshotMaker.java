package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.bolt.BoltOutput;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
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
 * Makes snapshots for clients, one at a time, on a thread that is there only while it has work. The store is written out in full before the
 * client gets the first byte, so that a read transaction is open for as long as the disk needs, not the client. Only where the
 * disk lacks the room for that, the client is sent what is being read.
 */
final class SnapshotMaker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotMaker.class);

    private static final String CLOSING = "the store is being closed";

    private final StoreFiles files;
    private final DefragmentationOptions options;
    private final BackendOptions backend;
    private final CopyWatch watch;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BackgroundThread thread;
    private final Set<StoreSnapshot> open = ConcurrentHashMap.newKeySet();

    SnapshotMaker(StoreFiles files, DefragmentationOptions options, BackendOptions backend) {
        this.files = files;
        this.options = options;
        this.backend = backend;
        this.watch = new CopyWatch("writing a database snapshot", backend.nanoClock());
        this.thread = new BackgroundThread(backend.threadName() + "-snapshot");
    }

    /** As {@link ReplaceableBackend#snapshot}. */
    CompletionStage<StoreSnapshot> make(Supplier<LmdbBackend> source, BooleanSupplier unwanted) {
        CompletableFuture<StoreSnapshot> done = new CompletableFuture<>();
        try {
            thread.execute(() -> run(source, unwanted, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StoreSnapshotException(message(CLOSING), e));
        }
        return done;
    }

    /** As {@link ReplaceableBackend#snapshotProgress}. */
    CopyProgress progress() {
        return watch.progress();
    }

    private void run(Supplier<LmdbBackend> source, BooleanSupplier unwanted, CompletableFuture<StoreSnapshot> done) {
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
            LmdbBackend present,
            Supplier<LmdbBackend> source,
            BooleanSupplier unwanted,
            CompletableFuture<StoreSnapshot> done)
            throws IOException, InterruptedException {
        try (LmdbCommittedView view = committed(present)) {
            watch.begin(present.sizeInUseBytes());
            if (files.lackOfSpace(present.sizeInUseBytes(), options.reserveBytes()) == null) {
                done.complete(inFile(present, view, unwanted));
            } else {
                inPassing(view, unwanted, done);
            }
            return true;
        } catch (StoreClosedException e) {
            if (source.get() == present) {
                throw new StoreSnapshotException(message(CLOSING), e);
            }
            return false;
        }
    }

    /** A view of all that is written by now. */
    private static LmdbCommittedView committed(LmdbBackend present) {
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

    private StoreSnapshot inFile(LmdbBackend source, LmdbCommittedView view, BooleanSupplier unwanted)
            throws IOException, InterruptedException {
        // What is deleted on closing is nameless from the start, on systems that know such files.
        FileChannel file = FileChannel.open(
                files.snapshot(),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try {
            SyncedSteps steps = new SyncedSteps(file, source, unwanted);
            long size = new SnapshotWriting(BoltOutput.to(file), options.stepBytes(), steps).writeAll(view);
            return added(new SnapshotInFile(file, size, storageVersion(view), open::remove));
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            try {
                file.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private <T extends StoreSnapshot> T added(T made) {
        open.add(made);
        return made;
    }

    private static String storageVersion(LmdbCommittedView view) {
        byte[] version = view.get(Bucket.META, MetaKeys.STORAGE_VERSION.key());
        return version == null ? "" : new String(version, StandardCharsets.UTF_8);
    }

    /** Small synced steps, which leave the disk to commits in between. */
    private final class SyncedSteps implements SnapshotWriting.Step {
        private final FileChannel file;
        private final LmdbBackend source;
        private final BooleanSupplier unwanted;
        private final Pace pace = new Pace(backend.nanoClock());
        private long applied;

        SyncedSteps(FileChannel file, LmdbBackend source, BooleanSupplier unwanted) {
            this.file = file;
            this.source = source;
            this.unwanted = unwanted;
            this.applied = source.consistentIndex();
            pace.stepBegins();
        }

        @Override
        public void ended(long writtenBytes) throws IOException, InterruptedException {
            file.force(false);
            long now = source.consistentIndex();
            long rest = pace.stepEnded(now != applied);
            applied = now;
            // Also the place where a store that is being closed gets a word in.
            var unusedStopped = stopped.await(rest, TimeUnit.NANOSECONDS);
            checkWanted(unwanted);
            checkSpace(options.stepBytes() + options.reserveBytes());
            watch.at(writtenBytes);
            pace.stepBegins();
        }
    }

    /** Returns when the snapshot has been read, or is closed. */
    private void inPassing(LmdbCommittedView view, BooleanSupplier unwanted, CompletableFuture<StoreSnapshot> done)
            throws IOException, InterruptedException {
        checkSpace(options.reserveBytes());
        log.warn("store {}: the disk has no room for a snapshot, which is sent as it is read", files.store());
        SnapshotInPassing made = added(SnapshotInPassing.layOut(
                view,
                storageVersion(view),
                files.store().toString(),
                options.stepBytes(),
                written -> {
                    checkWanted(unwanted);
                    watch.at(written);
                },
                open::remove));
        done.complete(made);
        made.produce(view, () -> {
            checkWanted(unwanted);
            checkSpace(options.reserveBytes() / 2);
        });
    }

    /** A disk that is full would end the member, whoever filled it. */
    private void checkSpace(long neededBytes) {
        long usable = files.usableBytes();
        if (usable < neededBytes) {
            String lack = "not enough space left on the disk: " + usable + " bytes are free, and " + neededBytes
                    + " are needed, for what is written or to be left to the running member";
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

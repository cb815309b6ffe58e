package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreSnapshotException;
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
 * client gets the first byte, so that a read transaction is open for as long as the disk needs, not the client.
 */
final class SnapshotMaker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotMaker.class);

    private static final String CLOSING = "the store is being closed";

    private final StoreFiles files;
    private final DefragmentationOptions options;
    private final BackendOptions backend;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BackgroundThread thread;
    private final Set<StoreSnapshot> open = ConcurrentHashMap.newKeySet();

    SnapshotMaker(StoreFiles files, DefragmentationOptions options, BackendOptions backend) {
        this.files = files;
        this.options = options;
        this.backend = backend;
        this.thread = new BackgroundThread(backend.threadName() + "-snapshot");
    }

    /** As {@link ReplaceableBackend#snapshot}. */
    CompletionStage<StoreSnapshot> make(Supplier<LmdbBackend> source, BooleanSupplier unwanted) {
        CompletableFuture<StoreSnapshot> done = new CompletableFuture<>();
        try {
            thread.execute(() -> run(source.get(), unwanted, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StoreSnapshotException(message(CLOSING), e));
        }
        return done;
    }

    private void run(LmdbBackend source, BooleanSupplier unwanted, CompletableFuture<StoreSnapshot> done) {
        StoreSnapshot made;
        try {
            checkWanted(unwanted);
            source.commit().toCompletableFuture().join();
            try (LmdbCommittedView view = source.committed()) {
                made = write(source, view, unwanted);
            }
        } catch (IOException | UncheckedIOException | InterruptedException e) {
            done.completeExceptionally(new StoreSnapshotException(message(String.valueOf(e.getMessage())), e));
            return;
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
            return;
        }
        done.complete(made);
    }

    private void checkWanted(BooleanSupplier unwanted) {
        if (unwanted.getAsBoolean()) {
            throw new CancellationException("nobody waits for the snapshot any more");
        }
        if (stopped.getCount() == 0) {
            throw new StoreSnapshotException(message(CLOSING), null);
        }
    }

    private StoreSnapshot write(LmdbBackend source, LmdbCommittedView view, BooleanSupplier unwanted)
            throws IOException, InterruptedException {
        checkSpace(source.sizeInUseBytes());
        // What is deleted on closing is nameless from the start, on systems that know such files.
        FileChannel file = FileChannel.open(
                files.snapshot(),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try {
            SnapshotWriting writing = new SnapshotWriting(file, source, backend.nanoClock(), options.stepBytes());
            long begin = backend.nanoClock().getAsLong();
            SnapshotProgress shown = new SnapshotProgress(begin, source.sizeInUseBytes());
            long size = writing.writeAll(view, (written, rest) -> {
                await(rest);
                checkWanted(unwanted);
                checkSpace(options.stepBytes());
                shown.at(written, backend.nanoClock().getAsLong());
            });
            byte[] version = view.get(Bucket.META, MetaKeys.STORAGE_VERSION.key());
            StoreSnapshot made = new StoreSnapshot(
                    file, size, version == null ? "" : new String(version, StandardCharsets.UTF_8), open::remove);
            open.add(made);
            return made;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            try {
                file.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** Also the place where a store that is being closed gets a word in. */
    private void await(long nanos) throws InterruptedException {
        stopped.await(nanos, TimeUnit.NANOSECONDS);
    }

    private void checkSpace(long neededBytes) {
        String lack = files.lackOfSpace(neededBytes, options.reserveBytes());
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
        thread.close();
        open.forEach(StoreSnapshot::close);
    }
}

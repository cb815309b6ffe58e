package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreImageException;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes copies of the store for other members, one at a time, on a thread that is there only while it has work. A copy
 * is written from one read transaction, in small synced steps that leave the disk to commits in between, into {@code
 * <store>.image}. Whatever fails ends that copy and nothing else.
 */
final class ImageMaker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ImageMaker.class);

    private final StoreFiles files;
    private final DefragmentationOptions options;
    private final BackendOptions backend;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BackgroundThread thread;

    /** Of the thread: the last one made, whose file makes room for the next. */
    private @Nullable StoreImage last;

    ImageMaker(StoreFiles files, DefragmentationOptions options, BackendOptions backend) {
        this.files = files;
        this.options = options;
        this.backend = backend;
        this.thread = new BackgroundThread(backend.threadName() + "-image");
    }

    /** As {@link ReplaceableBackend#image()}. */
    CompletionStage<StoreImage> make(Supplier<LmdbBackend> source) {
        CompletableFuture<StoreImage> done = new CompletableFuture<>();
        try {
            thread.execute(() -> run(source, done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StoreImageException(message("the store is closed"), e));
        }
        return done;
    }

    private void run(Supplier<LmdbBackend> source, CompletableFuture<StoreImage> done) {
        StoreImage made;
        try {
            closeLast();
            made = make(source.get());
        } catch (StoreImageException e) {
            removeAfter(e);
            done.completeExceptionally(e);
            return;
        } catch (IOException | RuntimeException e) {
            StoreImageException failure = new StoreImageException(message(String.valueOf(e.getMessage())), e);
            removeAfter(failure);
            done.completeExceptionally(failure);
            return;
        } catch (Error e) {
            removeAfter(e);
            done.completeExceptionally(e);
            return;
        }
        last = made;
        done.complete(made);
    }

    private void closeLast() {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    private StoreImage make(LmdbBackend source) throws IOException {
        long begin = backend.nanoClock().getAsLong();
        source.commit().toCompletableFuture().join();
        files.remove(files.image());
        checkSpace(source.sizeInUseBytes());
        long index;
        try (ReadTxn from = source.acquire();
                LmdbEnv target = LmdbEnv.openSecond(
                        files.image(), from.env().mapSizeBytes(), from.env().sizeBytes(), backend.fsync())) {
            copy(source, from, target);
            byte[] stored = from.get(Bucket.META, MetaKeys.CONSISTENT_INDEX.key());
            index = stored == null ? 0 : MetaKeys.CONSISTENT_INDEX.decodeLong(stored);
        }
        files.removeLock(files.image());
        StoreImage image = StoreImage.of(files.image(), index);
        log.atInfo()
                .addKeyValue("path", files.image())
                .addKeyValue("index", index)
                .addKeyValue("size-bytes", image.lengthBytes())
                .addKeyValue("took", Duration.ofNanos(backend.nanoClock().getAsLong() - begin))
                .log("copied the store for another member");
        return image;
    }

    private void copy(LmdbBackend source, ReadTxn from, LmdbEnv target) {
        RecordAppender appender = new RecordAppender(target);
        Pace pace = new Pace(backend.nanoClock(), options.stepBytes());
        long applied = source.consistentIndex();
        while (!appender.atEnd()) {
            checkSpace(options.stepBytes());
            pace.stepBegins();
            target.update(to -> appender.advance(pace.stepBytes(), from, to));
            rest(pace.stepEnded(source.consistentIndex() != applied));
            applied = source.consistentIndex();
        }
        appender.check(from);
    }

    /** Also the place where a store that is being closed gets a word in. */
    private void rest(long nanos) {
        try {
            if (stopped.await(nanos, TimeUnit.NANOSECONDS)) {
                throw new StoreImageException(message("the store is being closed"), null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreImageException(message("interrupted"), e);
        }
    }

    private void checkSpace(long neededBytes) {
        String lack = files.lackOfSpace(neededBytes, options.reserveBytes());
        if (lack != null) {
            throw new StoreImageException(message(lack), null);
        }
    }

    private void removeAfter(Throwable failure) {
        try {
            files.remove(files.image());
        } catch (IOException e) {
            log.warn("store {}: cannot remove a partial copy for another member", files.store(), e);
            failure.addSuppressed(e);
        }
    }

    private String message(String why) {
        return "cannot copy " + files.store() + " for another member: " + why;
    }

    /** Gives up what runs and what waits, and removes the last copy. Idempotent; not interruptible. */
    @Override
    public void close() {
        stopped.countDown();
        thread.close();
        closeLast();
    }
}

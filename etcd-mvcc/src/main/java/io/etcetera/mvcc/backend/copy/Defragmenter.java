package io.etcetera.mvcc.backend.copy;

import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CopyProgress;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.backend.env.LiveEnv;
import io.etcetera.mvcc.backend.env.LmdbEnv;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs defragmentations, one at a time, on a thread that is there only while it has work. The next one does not begin
 * before the last reader has left the file that the one before has replaced and its space is free, so that there are never more than two.
 */
public final class Defragmenter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Defragmenter.class);

    private final LiveEnv live;
    private final Consumer<CommitterTurn> committer;
    private final StoreFiles files;
    private final CopyOptions options;
    private final DurableSteps steps;
    private final BackendOptions backend;
    private final CopyWatch watch;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BackgroundThread thread;

    /** Its permit is out while files are being changed. */
    private final Semaphore idle = new Semaphore(1);

    /**
     * For one store, whose committer must be running as soon as a defragmentation is asked for.
     *
     * @param committer takes a turn before its next commit, or refuses it if there will be none
     */
    public Defragmenter(
            LiveEnv live,
            Consumer<CommitterTurn> committer,
            StoreFiles files,
            CopyOptions options,
            DurableSteps steps,
            BackendOptions backend) {
        this.live = live;
        this.committer = committer;
        this.files = files;
        this.options = options;
        this.steps = steps;
        this.backend = backend;
        this.watch = new CopyWatch("defragmenting", backend.nanoClock());
        this.thread = new BackgroundThread(backend.threadName() + "-defragmenter");
    }

    /** As {@link io.etcetera.mvcc.backend.Backend#defragment()}. */
    public CompletionStage<Void> defragment() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            thread.execute(() -> run(done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(
                    new DefragmentationException("cannot defragment " + files.store() + ": the store is closed", e));
        }
        return done;
    }

    /** As {@link io.etcetera.mvcc.backend.Backend#defragmentationProgress()}. */
    public CopyProgress progress() {
        return watch.progress();
    }

    private void run(CompletableFuture<Void> done) {
        try (ReplacedFile present = ReplacedFile.hold(files.store())) {
            LmdbEnv old = replace();
            done.complete(null);
            old.close();
            present.shrink(stopped);
        } catch (IOException e) {
            failed(done, new DefragmentationException("cannot defragment " + files.store() + ": " + e.getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing has freed the rest at once
        } catch (RuntimeException | Error e) {
            failed(done, e);
        }
    }

    private void failed(CompletableFuture<Void> done, Throwable e) {
        if (!done.completeExceptionally(e)) {
            log.error("store {}: cannot close the file that was replaced", files.store(), e);
        }
    }

    private LmdbEnv replace() {
        idle.acquireUninterruptibly();
        try {
            return runAndLog();
        } finally {
            watch.end();
            idle.release();
        }
    }

    private LmdbEnv runAndLog() {
        long begin = backend.nanoClock().getAsLong();
        long size = live.sizeBytes();
        long inUse = live.sizeInUseBytes();
        log.atInfo()
                .addKeyValue("path", files.store())
                .addKeyValue("current-db-size-bytes", size)
                .addKeyValue("current-db-size", ByteSize.format(size))
                .addKeyValue("current-db-size-in-use-bytes", inUse)
                .addKeyValue("current-db-size-in-use", ByteSize.format(inUse))
                .log("defragmenting");
        LmdbEnv old = new Defragmentation(live, committer, files, options, steps, backend, watch, stopped).run();
        long newSize = live.sizeBytes();
        long newInUse = live.sizeInUseBytes();
        log.atInfo()
                .addKeyValue("path", files.store())
                .addKeyValue("current-db-size-bytes-diff", newSize - size)
                .addKeyValue("current-db-size-bytes", newSize)
                .addKeyValue("current-db-size", ByteSize.format(newSize))
                .addKeyValue("current-db-size-in-use-bytes-diff", newInUse - inUse)
                .addKeyValue("current-db-size-in-use-bytes", newInUse)
                .addKeyValue("current-db-size-in-use", ByteSize.format(newInUse))
                .addKeyValue("took", Duration.ofNanos(backend.nanoClock().getAsLong() - begin))
                .log("finished defragmenting directory");
        return old;
    }

    /**
     * Gives up what runs, unless it is about to swap the files, and what waits; afterwards no file is touched any more.
     * Waits for at most one step or the swap. The committer must be running still.
     */
    public void stop() {
        stopped.countDown();
        idle.acquireUninterruptibly();
        idle.release();
    }

    /**
     * As {@link #stop}, and waits for readers of a file that was replaced. Idempotent; not interruptible. The committer
     * must be running still, or nothing be under way.
     */
    @Override
    public void close() {
        stopped.countDown();
        thread.close();
    }
}

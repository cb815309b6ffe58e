package io.etcetera.mvcc.backend.copy;

import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.StoreFullException;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.backend.env.DurableSteps.Step;
import io.etcetera.mvcc.backend.env.LiveEnv;
import io.etcetera.mvcc.backend.env.LmdbEnv;
import io.etcetera.mvcc.backend.env.StoreCopy;
import io.etcetera.mvcc.backend.env.TouchedKeys;
import io.etcetera.mvcc.backend.page.LmdbFile;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One rewrite of the store into a new file, without free pages and half-empty ones, while reads and writes go on.
 *
 * <ol>
 *   <li>{@link StoreCopy} fills the new file, {@code <store>.defrag}, in small steps. Each reads in a transaction of its
 *       own and ends with a sync, so that at no time much is waiting for the disk; {@link Pace} says how large it is, and
 *       how long a rest follows. On the way the copy is kept up to date with what is committed. When as much as the store held has been moved and there is still
 *       more, the rests end, so that no writer can outrun the copy.
 *   <li>When a step comes to the end of the store, further steps follow at once, each with what was committed during the
 *       one before: less and less.
 *   <li>When a step had next to nothing to do, the committer is asked for a {@link CommitterTurn}. Between two of its commits the
 *       last step makes both files the same. The new one is synced, given the name of the old one, and the directory is
 *       synced; then readers are sent to the new one, and the next commit goes there. Only commits wait for this;
 *       writers fill the other buffer meanwhile, and readers find both files.
 *   <li>Readers that still have a transaction of the old file keep it alive, without a name. When the last has ended, it
 *       is unmapped and closed, and {@link ReplacedFile} gives its space back.
 * </ol>
 *
 * <p>A crash leaves one good store: before the new name is durable the old file, and what is at {@code <store>.defrag}
 * is removed at the next start; afterwards the new one. In between it may be either, and then they hold the same, since
 * the committer goes on only when the directory is synced.
 *
 * <p>Whatever fails before the renaming, such as a full disk, ends the defragmentation and nothing else. If the directory
 * cannot be synced after it, nobody knows which file a crash would leave, so no more may be committed: the store fails.
 *
 * <p>A disk that is full would end the member, whoever filled it. So the copy is not begun without enough space, and is
 * given up when too little is left for the others.
 *
 * <p>Runs once, on a thread that may wait.
 */
final class Defragmentation {
    private static final Logger log = LoggerFactory.getLogger(Defragmentation.class);

    /** What may be left to copy when the committer is asked for its turn: far less than the buffers take in meanwhile. */
    private static final long SMALL_STEP_BYTES = 256L << 10;

    /** Steps after the first that saw the end; if writers are so fast that more is left, the last step takes longer. */
    private static final int CATCH_UP_STEPS = 100;

    private final LiveEnv live;
    private final Consumer<CommitterTurn> committer;
    private final StoreFiles files;
    private final CopyOptions options;
    private final DurableSteps steps;
    private final boolean fsync;
    private final LongSupplier nanoClock;
    private final CopyWatch watch;
    private final CountDownLatch stopped;

    /** Set by the committer: there will be no further commit, so this is more than a defragmentation given up. */
    private volatile boolean storeFailed;

    /**
     * @param committer as {@link Defragmenter} has it
     * @param stopped ends this early, with an exception, when it reaches zero
     */
    Defragmentation(
            LiveEnv live,
            Consumer<CommitterTurn> committer,
            StoreFiles files,
            CopyOptions options,
            DurableSteps steps,
            BackendOptions backend,
            CopyWatch watch,
            CountDownLatch stopped) {
        this.live = live;
        this.committer = committer;
        this.files = files;
        this.options = options;
        this.steps = steps;
        this.fsync = backend.fsync();
        this.nanoClock = backend.nanoClock();
        this.watch = watch;
        this.stopped = stopped;
    }

    /**
     * Copies and swaps.
     *
     * @return the old environment, which readers may still be using, to be closed
     * @throws DefragmentationException if the store goes on with the old file
     * @throws StoreFailedException if the store has failed
     */
    LmdbEnv run() {
        LmdbEnv source = live.current();
        LmdbEnv target = null;
        try {
            checkSpace(source.sizeInUseBytes());
            TouchedKeys touched = live.track();
            files.remove(files.defragmented());
            target = open(source);
            swap(copy(target, touched), target);
            return source;
        } catch (IOException | RuntimeException e) {
            RuntimeException failure = storeFailed ? (RuntimeException) e : givenUp(e);
            discard(target, failure);
            throw failure;
        } catch (Error e) {
            discard(target, e);
            throw e;
        } finally {
            live.stopTracking();
        }
    }

    private LmdbEnv open(LmdbEnv source) {
        return LmdbEnv.openSecond(files.defragmented(), source.mapSizeBytes(), source.sizeBytes(), fsync);
    }

    private StoreCopy copy(LmdbEnv target, TouchedKeys touched) {
        StoreCopy copy = new StoreCopy(live, target, touched);
        Pace pace = new Pace(nanoClock, options.stepBytes());
        long expectedBytes = live.sizeInUseBytes();
        long copiedBytes = 0;
        watch.begin(expectedBytes);
        while (!copy.atEnd()) {
            checkSpace(options.stepBytes());
            pace.stepBegins();
            copiedBytes += copy.step(pace.stepBytes());
            watch.at(copiedBytes);
            long due = pace.stepEnded(!touched.isEmpty());
            rest(copiedBytes < expectedBytes ? due : 0);
        }
        int steps = 0;
        while (copy.step(pace.stepBytes()) > SMALL_STEP_BYTES && steps < CATCH_UP_STEPS) {
            rest(0);
            steps++;
        }
        return copy;
    }

    /** Also the place where a store that is being closed gets a word in. */
    private void rest(long nanos) {
        try {
            if (stopped.await(nanos, TimeUnit.NANOSECONDS)) {
                throw new DefragmentationException(message("the store is being closed"), null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DefragmentationException(message("interrupted"), e);
        }
    }

    private void checkSpace(long neededBytes) {
        String lack = files.lackOfSpace(neededBytes, options.reserveBytes());
        if (lack != null) {
            throw new DefragmentationException(message(lack), null);
        }
    }

    private void swap(StoreCopy copy, LmdbEnv target) {
        Swap swap = new Swap(copy, target);
        committer.accept(swap);
        try {
            swap.done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The last part, which nothing may be committed during. */
    private final class Swap implements CommitterTurn {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        private final StoreCopy copy;
        private final LmdbEnv target;

        Swap(StoreCopy copy, LmdbEnv target) {
            this.copy = copy;
            this.target = target;
        }

        @Override
        public void take() {
            long begin = nanoClock.getAsLong();
            steps.reached(Step.COPY_FILLED);
            try {
                do {
                    copy.step(Long.MAX_VALUE);
                } while (!copy.atEnd());
                copy.check();
                steps.reached(Step.COPY_SYNCED);
                files.rename(files.defragmented());
            } catch (IOException | RuntimeException e) {
                done.completeExceptionally(givenUp(e));
                return;
            } catch (Error e) {
                done.completeExceptionally(e);
                return;
            }
            steps.reached(Step.COPY_RENAMED);
            try {
                LmdbFile.syncDirectory(files.store());
            } catch (RuntimeException | Error e) {
                storeFailed = true;
                done.completeExceptionally(e);
                throw e;
            }
            steps.reached(Step.COPY_NAME_SYNCED);
            target.renamedTo(files.store());
            live.replaceWith(target);
            log.debug("store {}: swapped files in {} ns", files.store(), nanoClock.getAsLong() - begin);
            done.complete(null);
        }

        @Override
        public void refused(Throwable cause) {
            storeFailed = true;
            done.completeExceptionally(
                    new StoreFailedException(message("the store has failed: " + cause.getMessage()), cause));
        }
    }

    private void discard(@Nullable LmdbEnv target, Throwable cause) {
        try {
            if (target != null) {
                target.close();
            }
            files.remove(files.defragmented());
        } catch (IOException | RuntimeException e) {
            log.warn("store {}: cannot remove the partial file of a defragmentation", files.store(), e);
            cause.addSuppressed(e);
        }
    }

    /** To be called before the partial file is removed. */
    private DefragmentationException givenUp(Throwable cause) {
        if (cause instanceof DefragmentationException known) {
            return known;
        }
        // When a full disk takes a write in part, LMDB makes an I/O error of it.
        boolean full = cause instanceof StoreFullException
                || (cause instanceof StoreFailedException && files.usableBytes() < options.stepBytes());
        return full
                ? new DefragmentationException(message("no space left on the disk for the copy"), cause)
                : new DefragmentationException(message(String.valueOf(cause.getMessage())), cause);
    }

    private String message(String why) {
        return "cannot defragment " + files.store() + ": " + why;
    }
}

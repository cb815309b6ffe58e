package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.copy.CommitterTurn;
import io.etcetera.mvcc.backend.copy.StoreFiles;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.backend.env.DurableSteps.Step;
import io.etcetera.mvcc.backend.page.LmdbFile;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The moment at which an incoming store takes the place of the present one, between two commits of that one, after which
 * there is no third: the file gets the name of the store, and the directory is synced; then readers are sent there, and
 * the replaced store is frozen.
 *
 * <p>A crash before the new name is durable leaves the old store or the new one, afterwards the new one. Both are whole,
 * and the raft log goes with either: the new store is ahead of the log, which accepts that.
 */
final class StoreReplacement implements CommitterTurn {
    private final LmdbBackend replaced;
    private final StoreFiles files;
    private final DurableSteps steps;
    private final Runnable inUse;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    StoreReplacement(LmdbBackend replaced, StoreFiles files, DurableSteps steps, Runnable inUse) {
        this.replaced = replaced;
        this.files = files;
        this.steps = steps;
        this.inUse = inUse;
    }

    /** Asks for the turn and waits until it has been taken. */
    void run() {
        replaced.stopDefragmenting();
        replaced.giveTurn(this);
        try {
            done.join();
        } catch (CompletionException e) {
            throw new StoreFailedException(
                    "store " + files.store() + ": cannot put another member's copy in its place: " + e.getMessage(), e);
        }
    }

    @Override
    public void take() {
        try {
            steps.reached(Step.INCOMING_READY);
            files.rename(files.incoming());
            steps.reached(Step.INCOMING_RENAMED);
            LmdbFile.syncDirectory(files.store());
            steps.reached(Step.INCOMING_NAME_SYNCED);
            inUse.run();
        } catch (IOException e) {
            done.completeExceptionally(e);
            throw new StoreFailedException("store " + files.store() + ": cannot rename another member's copy: " + e, e);
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
            throw e;
        }
        replaced.freeze();
        done.complete(null);
    }

    @Override
    public void refused(Throwable cause) {
        done.completeExceptionally(cause);
    }
}

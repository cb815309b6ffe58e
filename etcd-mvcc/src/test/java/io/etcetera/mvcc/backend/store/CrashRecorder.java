package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.env.DurableSteps.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies the files of a store at each of its {@link DurableSteps}, as a process that is killed there would leave them;
 * and at each commit also as a machine that loses power inside it may leave them, with any part of the commit's pages.
 * What becomes of such an image is for {@code CrashPointTest} to say.
 *
 * <p>To add a step: name it in {@link Step}, report it where it happens, by a thread that keeps the files still
 * meanwhile, and it is among the images. Nothing else need change here unless the step makes or replaces files outside
 * the store's directory, or tears in a way of its own.
 */
public final class CrashRecorder {
    /**
     * What a crash has left.
     *
     * @param directory holds the files under their names
     * @param step number of the step since the store was opened, and its name
     * @param durable index that had been reported durable by then: never less may be in the files
     * @param applied index of the last entry that had ended by then: never more may be in the files
     */
    public record Image(Path directory, String step, long durable, long applied) {}

    private final Path file;
    private final Path images;
    private final Random random;
    private final BooleanSupplier choice;
    private final List<Image> taken = new ArrayList<>();

    // Belongs to the thread that reports the steps: first the one that opens the store, then the committer.
    private int steps;
    private byte[] beforeCommit = new byte[0];
    private long durable;
    private long applied;

    private volatile @Nullable Backend backend;

    // Guarded by this.
    private boolean holding;
    private boolean held;

    /**
     * A recorder for one opening of a store.
     *
     * @param file the store
     * @param origin the crash that has left that store, which may have been moved since
     * @param images directory for the images
     * @param random for what is left of a commit that is cut short
     * @param choice asked at each step whether to take an image of it
     */
    public CrashRecorder(Path file, Image origin, Path images, Random random, BooleanSupplier choice) {
        this.file = file;
        this.durable = origin.durable;
        this.applied = origin.applied;
        this.images = images;
        this.random = random;
        this.choice = choice;
    }

    /** Opens the store, to be closed before its images are asked for. */
    public ReplaceableBackend open(BackendOptions options) {
        BackendOptions observed = options.withOnCommit(stats -> durable = stats.consistentIndex());
        ReplaceableBackend opened = LmdbStore.open(file, observed, this::reached, CopyOptions.DEFAULT);
        backend = opened;
        return opened;
    }

    /** What has been taken so far; to be asked when the store is closed. */
    public List<Image> images() {
        return List.copyOf(taken);
    }

    /** Holds up the next commit before its first write to the file, until {@link #release}. */
    public synchronized void hold() {
        holding = true;
    }

    /** Waits until a commit is held up. */
    public synchronized void awaitHeld() throws InterruptedException {
        while (!held) {
            wait();
        }
    }

    public synchronized void release() {
        holding = false;
        notifyAll();
    }

    private synchronized void waitWhileHeld() {
        held = holding;
        notifyAll();
        while (holding) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted in a commit that was held up", e);
            }
        }
        held = false;
    }

    private void reached(Step step) {
        if (step == Step.COMMIT_BEGINS) {
            waitWhileHeld();
        }
        steps++;
        Backend opened = backend;
        if (opened != null) {
            applied = opened.consistentIndex();
        }
        try {
            record(step);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void record(Step step) throws IOException {
        boolean wanted = choice.getAsBoolean();
        if (step == Step.COMMIT_BEGINS) {
            beforeCommit = Files.readAllBytes(file);
        } else if (step == Step.COMMITTED && wanted) {
            byte[] torn = TornCommit.between(beforeCommit, Files.readAllBytes(file), random);
            Files.write(copy("torn " + step).resolve(file.getFileName()), torn);
        }
        if (wanted) {
            copy(step.name());
        }
    }

    /**
     * Copies the lock files too, which a killed process leaves behind. To close a copied file gives up this process's
     * locks on it, so the store is without them from here on; nobody else wants it.
     */
    private Path copy(String step) throws IOException {
        Path directory = Files.createDirectories(images.resolve(Integer.toString(taken.size())));
        try (Stream<Path> files = Files.list(file.resolveSibling(""))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.copy(each, directory.resolve(each.getFileName()));
            }
        }
        taken.add(new Image(directory, steps + " " + step, durable, applied));
        return directory;
    }
}

package io.etcetera.daemon.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many random operations over several pairs of servers, side by side. Each pair starts anew, with the next seed, after
 * {@link #OPERATIONS_PER_STORE}: some things can only be seen on a young store.
 */
final class DifferentialRun {
    private static final long OPERATIONS_PER_STORE = 50_000;
    private static final long SHRINK_SECONDS = 120;
    private static final int DEFAULT_PAIRS = 2;

    /** The same in each build, so that one fails for what was changed; known to meet all that {@link Coverage} asks for. */
    private static final long DEFAULT_SEED = 1;

    private final Workload workload;
    private final long operations;
    private final int pairs;
    private final AtomicLong nextSeed;
    private final AtomicLong remaining;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final Coverage coverage = new Coverage();

    /**
     * @param operations in all
     * @param pairs of servers at a time
     * @param seed the first; each fresh pair takes the next
     */
    DifferentialRun(Workload workload, long operations, int pairs, long seed) {
        this.workload = workload;
        this.operations = operations;
        this.pairs = pairs;
        this.nextSeed = new AtomicLong(seed);
        this.remaining = new AtomicLong(operations);
    }

    /**
     * A run as the system properties {@code differential.operations}, {@code .pairs} and {@code .seed} ask for it, which also
     * says on standard output how often what occurred.
     */
    static Coverage asAsked(Workload workload, long defaultOperations) throws Exception {
        long operations = Long.getLong("differential.operations", defaultOperations);
        int pairs = Integer.getInteger("differential.pairs", DEFAULT_PAIRS);
        long seed = Long.getLong("differential.seed", DEFAULT_SEED);
        Coverage coverage = new DifferentialRun(workload, operations, pairs, seed).run();
        coverage.counts().forEach((name, count) -> System.out.printf("%9d %s%n", count, name));
        return coverage;
    }

    /**
     * Runs until everything is done or a difference is found, and says so on standard output.
     *
     * @throws AssertionError with the seed and a shortened sequence if the servers differ
     */
    Coverage run() throws Exception {
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(pairs);
        try {
            List<Future<Optional<Difference>>> results = new ArrayList<>();
            for (int i = 0; i < pairs; i++) {
                results.add(threads.submit((Callable<Optional<Difference>>) this::runPairs));
            }
            for (Future<Optional<Difference>> result : results) {
                Optional<Difference> difference = result.get();
                if (difference.isPresent()) {
                    throw failure(difference.get());
                }
            }
        } finally {
            failed.set(true);
            threads.shutdownNow();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "differential: %d operations, no difference, %.0f s, %.0f operations/s%n",
                coverage.operations(), seconds, coverage.operations() / seconds);
        return coverage;
    }

    private Optional<Difference> runPairs() throws Exception {
        while (!failed.get()) {
            long count = Math.min(OPERATIONS_PER_STORE, Math.max(1, operations / pairs));
            if (remaining.getAndAdd(-count) <= 0) {
                return Optional.empty();
            }
            long seed = nextSeed.getAndIncrement();
            long start = System.nanoTime();
            Optional<Difference> difference = Replay.run(workload, seed, workload.operations(seed), count, coverage);
            if (difference.isPresent()) {
                failed.set(true);
                return difference;
            }
            System.out.printf(
                    "differential: seed %d: %d operations, %.0f s%n", seed, count, (System.nanoTime() - start) / 1e9);
        }
        return Optional.empty();
    }

    private AssertionError failure(Difference found) throws Exception {
        System.out.printf("differential: seed %d differs: %s%n", found.seed(), found.text());
        Difference shortest = new Shrinker(workload, SHRINK_SECONDS).shrink(found);
        Symbols symbols = new Symbols();
        StringBuilder text = new StringBuilder(1000)
                .append("seed ")
                .append(found.seed())
                .append(", operation ")
                .append(found.operations().size())
                .append(":\n")
                .append(found.text())
                .append("\nshortened to ")
                .append(shortest.operations().size())
                .append(" operations, revisions and chosen leases as symbols:\n");
        for (Operation operation : shortest.operations()) {
            text.append(Texts.of(operation, symbols)).append('\n');
        }
        return new AssertionError(text.append(shortest.text()).toString());
    }
}

package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Rounds of mixed faults in one cluster. Each is judged at its end: all members hold the same, every history is linearizable,
 * and watchers have seen each change once and in order.
 *
 * <p>{@code -Dfaults.seed} repeats the choices of a run, as far as they do not depend on who was quicker; {@code
 * -Dfaults.minutes} says how long it goes on.
 */
public final class FaultRun {
    private static final Duration ROUND = Duration.ofSeconds(20);

    private final Cluster cluster;
    private final List<Fault> faults;
    private final long seed;
    private final Path reports;
    private final long begin = System.nanoTime();
    private final List<String> diary = new ArrayList<>();

    /**
     * Makes a run, which begins with {@link #run}.
     *
     * @param faults those to choose from
     * @param reports directory for the history and diary of a round that fails
     */
    public FaultRun(Cluster cluster, List<Fault> faults, long seed, Path reports) {
        this.cluster = cluster;
        this.faults = faults;
        this.seed = seed;
        this.reports = reports;
    }

    /** The seed that was asked for, or the same each time: a build fails for what was changed. */
    public static long seed() {
        return Long.getLong("faults.seed", 1);
    }

    /** The time that was asked for, or a default. */
    public static Duration length(Duration byDefault) {
        String minutes = System.getProperty("faults.minutes");
        return minutes == null ? byDefault : Duration.ofMillis((long) (Double.parseDouble(minutes) * 60_000));
    }

    /**
     * Goes on until the time is over and the last round has been judged.
     *
     * @throws AssertionError if anything was wrong; the message has the seed
     */
    public Summary run(Duration length) {
        Random seeds = new Random(seed);
        note("seed " + seed + ", " + length.toSeconds() + " s");
        Summary summary = new Summary(0, 0, 0);
        for (int round = 0; System.nanoTime() - begin < length.toNanos(); round++) {
            note("round " + round);
            long left = length.toNanos() - (System.nanoTime() - begin);
            Duration roundLength = left < ROUND.toNanos() ? Duration.ofNanos(left) : ROUND;
            summary = summary.plus(round(round, roundLength, seeds.nextLong()));
        }
        note(summary.toString());
        return summary;
    }

    private Summary round(int number, Duration length, long roundSeed) {
        Random seeds = new Random(roundSeed);
        try (Workload workload = new Workload(cluster, "r" + number + "/", seeds.nextLong())) {
            try {
                new Nemesis(cluster, faults, seeds.nextLong(), this::note).rage(workload, length);
                Summary summary = workload.finish();
                long revision = cluster.awaitAgreement();
                note(summary + "; all agree at revision " + revision);
                return summary;
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed " + seed + ", round " + number + ", see " + keep(workload, number) + ": "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private Path keep(Workload workload, int round) {
        try {
            Path directory = Files.createDirectories(reports.resolve("seed" + seed + "-round" + round));
            workload.history().write(directory.resolve("history"));
            Files.write(directory.resolve("diary"), diary);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void note(String event) {
        String line = String.format(Locale.ROOT, "%9.3f s  %s", (System.nanoTime() - begin) / 1e9, event);
        diary.add(line);
        System.out.println(line);
    }
}

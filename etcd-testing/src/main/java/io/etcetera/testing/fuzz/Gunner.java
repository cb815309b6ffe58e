package io.etcetera.testing.fuzz;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Feeds inputs to a decoder on a thread of its own, which another one watches: a decoder that does not end is a fault like any other.
 * All but the watching is done by that thread.
 */
final class Gunner {
    private static final long LOOK_MILLIS = 500;
    /** A decoder that waits uses no processor; nothing that is decoded here has anything to wait for. */
    private static final long LONGEST_WAIT_MILLIS = 120_000;
    /** Frames that tell one way to refuse an input from another. */
    private static final int TELLING_FRAMES = 4;

    private final String name;
    private final long seed;
    private final Target target;
    private final Set<Class<? extends Throwable>> refusals;
    private final Limits limits;
    private final Corpus corpus;
    private volatile Shot shot = new Shot(new byte[0], 0, 0, 0);
    private volatile @Nullable Throwable failure;
    private @Nullable Meter meter;
    private boolean measuring = true;
    private long number;
    private long accepted;
    private double mostPerByte;
    private long slowestMillis;

    /** An input under way, and what the thread had used before it. */
    private record Shot(byte[] input, long number, long beganNanos, long cpuMillis) {}

    Gunner(
            String name,
            long seed,
            Target target,
            Set<Class<? extends Throwable>> refusals,
            Limits limits,
            Corpus corpus) {
        this.name = name;
        this.seed = seed;
        this.target = target;
        this.refusals = refusals;
        this.limits = limits;
        this.corpus = corpus;
    }

    /** Runs the feeding, and throws what it throws, or what is wrong if it does not go on. */
    void watchOver(long stackBytes, Runnable feeding) {
        shot = new Shot(new byte[0], 0, System.nanoTime(), 0);
        Thread thread = new Thread(null, () -> attempt(feeding), "fuzz-" + name, stackBytes);
        thread.setDaemon(true); // one that does not end must not keep the tests from ending
        meter = new Meter(thread);
        thread.start();
        try {
            do {
                thread.join(LOOK_MILLIS);
                checkProgress(thread);
            } while (thread.isAlive());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while fuzzing " + name, e);
        }
        if (failure instanceof Error e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        }
    }

    private void attempt(Runnable feeding) {
        try {
            feeding.run();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void checkProgress(Thread thread) {
        Shot current = shot;
        long cpu = meter().cpuMillis() - current.cpuMillis;
        long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - current.beganNanos);
        if (thread.isAlive()
                && shot.number == current.number
                && (cpu > 2 * limits.cpuMillis() || waited > LONGEST_WAIT_MILLIS)) {
            IllegalStateException where = new IllegalStateException("where it is");
            where.setStackTrace(thread.getStackTrace());
            throw Finding.of(name, seed, current.number, current.input, "does not end", where);
        }
    }

    private Meter meter() {
        Meter present = meter;
        if (present == null) {
            throw new IllegalStateException("nothing is under way");
        }
        return present;
    }

    /** What comes first loads classes and fills caches: it is fed before anything is measured, too. */
    void mustBeAccepted(byte[] sample) {
        long before = accepted;
        measuring = false;
        Throwable refusal = feed(sample);
        measuring = true;
        if (accepted > before) {
            before = accepted;
            refusal = feed(sample);
        }
        if (accepted == before) {
            throw Finding.of(name, seed, number, sample, "a sample is refused", refusal);
        }
    }

    /** Feeds one input; answers with what the decoder said of it. */
    @Nullable
    Throwable feed(byte[] input) {
        number++;
        Meter own = meter();
        long cpuBefore = own.cpuMillis();
        shot = new Shot(input, number, System.nanoTime(), cpuBefore);
        long memoryBefore = own.allocatedBytes();
        Throwable refusal = null;
        try {
            target.decode(input.clone());
            accepted++;
            corpus.note(input, "accepted " + Integer.numberOfLeadingZeros(input.length));
        } catch (Throwable e) { // Errors are what this is looking for
            if (refusals.stream().noneMatch(type -> type.isInstance(e))) {
                throw Finding.of(name, seed, number, input, "fails otherwise than it may", e);
            }
            refusal = e;
        }
        long memory = own.allocatedBytes() - memoryBefore;
        long cpu = own.cpuMillis() - cpuBefore;
        if (measuring && memory > limits.allocation(input.length)) {
            throw Finding.of(name, seed, number, input, "allocates " + memory + " bytes", refusal);
        }
        if (measuring && cpu > limits.cpuMillis()) {
            throw Finding.of(name, seed, number, input, "takes " + cpu + " ms of processor time", refusal);
        }
        slowestMillis = Math.max(slowestMillis, cpu);
        mostPerByte = Math.max(mostPerByte, (double) memory / (input.length + 1_024));
        if (refusal != null) {
            corpus.note(input, end(refusal));
        }
        return refusal;
    }

    private static String end(Throwable refusal) {
        return refusal.getClass().getName()
                + Stream.of(refusal.getStackTrace())
                        .limit(TELLING_FRAMES)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining("\n"));
    }

    void summarize() {
        System.out.printf(
                "fuzz: %s, seed %d: %,d inputs, %,d accepted, %,d ways to end, slowest %d ms, most memory %.0f times the input%n",
                name, seed, number, accepted, corpus.waysToEnd(), slowestMillis, mostPerByte);
    }
}

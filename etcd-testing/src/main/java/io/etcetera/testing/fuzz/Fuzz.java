package io.etcetera.testing.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * One decoder under fire. A normal run takes the same inputs each time, and a second or two; {@code -Dfuzz.minutes=N} goes on for so long
 * from a seed of its own, and {@code -Dfuzz.seed=S} from that of a finding. Not thread-safe.
 */
public final class Fuzz {
    /** Few enough for every machine to get to the end of them: a build tries what the one before has tried. */
    private static final int USUAL_INPUTS = 2_000;

    private static final Duration USUAL_TIME = Duration.ofSeconds(2);
    private static final long DEFAULT_STACK_BYTES = 1 << 20;

    private final String name;
    private final List<byte[]> samples = new ArrayList<>();
    private final List<byte[]> past = new ArrayList<>();
    private final List<byte[]> words = new ArrayList<>();
    private final Set<Class<? extends Throwable>> refusals = new HashSet<>();
    private UnaryOperator<byte[]> repair = UnaryOperator.identity();
    private Limits limits = Limits.DEFAULT;
    private int maxBytes = 16 << 10;
    private long stackBytes = DEFAULT_STACK_BYTES;

    private Fuzz(String name) {
        this.name = name;
    }

    /**
     * A test of one decoder.
     *
     * @param name for messages, and what the usual seed comes from
     */
    public static Fuzz of(String name) {
        return new Fuzz(name);
    }

    /** Valid inputs: those have to be accepted. */
    public Fuzz samples(byte[]... valid) {
        samples.addAll(Arrays.asList(valid));
        return this;
    }

    /** Valid inputs: those have to be accepted. */
    public Fuzz samples(Collection<byte[]> valid) {
        samples.addAll(valid);
        return this;
    }

    /** Valid inputs that are text. */
    public Fuzz samples(String... valid) {
        for (String text : valid) {
            samples.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** Inputs that have shown a fault before: each is tried, and more are made of it. */
    public Fuzz past(byte[]... inputs) {
        past.addAll(Arrays.asList(inputs));
        return this;
    }

    /** What means something to the decoder, to be strewn in. */
    public Fuzz words(String... texts) {
        for (String text : texts) {
            words.add(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return this;
    }

    /** What means something to the decoder, to be strewn in. */
    public Fuzz words(byte[]... pieces) {
        words.addAll(Arrays.asList(pieces));
        return this;
    }

    /** What the decoder may throw. */
    @SafeVarargs
    public final Fuzz refusing(Class<? extends Throwable>... types) {
        for (Class<? extends Throwable> type : types) {
            refusals.add(type);
        }
        return this;
    }

    /** Makes checksums and the like right again, which is done to half of the inputs: damage behind them is to be reached. */
    public Fuzz repairing(UnaryOperator<byte[]> how) {
        repair = how;
        return this;
    }

    /** Memory that the decoder may allocate; bounds what an input can make us hold, too. */
    public Fuzz allocating(long bytes, long perByte) {
        limits = limits.withAllocation(bytes, perByte);
        return this;
    }

    /** Processor time that an input may take. */
    Fuzz within(Duration cpu) {
        limits = new Limits(cpu.toMillis(), limits.allocatedBytes(), limits.allocatedPerByte());
        return this;
    }

    /** The longest input, in bytes. */
    public Fuzz maxBytes(int bytes) {
        maxBytes = bytes;
        return this;
    }

    /** The stack of the thread that decodes, where that is larger than threads usually have. */
    public Fuzz stackBytes(long bytes) {
        stackBytes = bytes;
        return this;
    }

    /**
     * Feeds the decoder.
     *
     * @throws AssertionError with the seed and the input, if it has shown a fault
     */
    public void run(Target target) {
        long minutes = Long.getLong("fuzz.minutes", 0);
        long usual = minutes > 0 ? new SplittableRandom().nextInt(1_000_000) : name.hashCode();
        run(
                target,
                Long.getLong("fuzz.seed", usual),
                minutes > 0 ? Long.MAX_VALUE : USUAL_INPUTS,
                minutes > 0 ? Duration.ofMinutes(minutes) : USUAL_TIME);
    }

    void run(Target target, long seed, long inputs, Duration time) {
        if (samples.isEmpty()) {
            throw new IllegalStateException("nothing to begin with");
        }
        List<byte[]> seeds = new ArrayList<>(samples);
        seeds.addAll(past);
        Corpus corpus = new Corpus(seeds);
        SplittableRandom random = new SplittableRandom(seed);
        Mutator mutator = new Mutator(random, corpus, words, maxBytes);
        Gunner gunner = new Gunner(name, seed, target, refusals, limits, corpus);
        gunner.watchOver(stackBytes, () -> {
            samples.forEach(gunner::mustBeAccepted);
            past.forEach(gunner::feed);
            long end = System.nanoTime() + time.toNanos();
            for (long i = 0; i < inputs && System.nanoTime() < end; i++) {
                byte[] input = mutator.next();
                gunner.feed(random.nextBoolean() ? repair.apply(input) : input);
            }
        });
        if (Long.getLong("fuzz.minutes", 0) > 0) {
            gunner.summarize();
        }
    }
}

package io.etcetera.testing.fuzz;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What new inputs are made of: the samples, and inputs that were refused in a way none was before. One thread. */
final class Corpus {
    private static final int MOST_FOUND = 500;
    /** How often a sample is taken rather than something found: what is close to valid gets furthest. */
    private static final double SAMPLE_SHARE = 0.6;

    private final List<byte[]> samples;
    private final List<byte[]> found = new ArrayList<>();
    private final Set<String> ends = new HashSet<>();

    Corpus(List<byte[]> samples) {
        this.samples = samples;
    }

    byte[] pick(RandomGenerator random) {
        List<byte[]> from = found.isEmpty() || random.nextDouble() < SAMPLE_SHARE ? samples : found;
        return from.get(random.nextInt(from.size()));
    }

    /** Keeps an input if the decoder has not ended this way before. */
    void note(byte[] input, String end) {
        if (ends.add(end) && found.size() < MOST_FOUND) {
            found.add(input);
        }
    }

    int waysToEnd() {
        return ends.size();
    }
}

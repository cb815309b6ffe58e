package io.etcetera.testing.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Damages inputs: flipped bits, numbers at the edges of their types in both byte orders, cuts, repetitions, splices, and words that mean
 * something to the decoder. One thread.
 */
final class Mutator {
    private static final int MOST_CHANGES = 6;
    private static final int LONGEST_RUN = 4_096;
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        7,
        8,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x0100_0000L,
        0x3fff_ffffL
    };

    private final RandomGenerator random;
    private final Corpus corpus;
    private final List<byte[]> words;
    private final int maxBytes;

    Mutator(RandomGenerator random, Corpus corpus, List<byte[]> words, int maxBytes) {
        this.random = random;
        this.corpus = corpus;
        this.words = words;
        this.maxBytes = maxBytes;
    }

    /** The next input; at most {@code maxBytes} long. */
    byte[] next() {
        byte[] input = corpus.pick(random).clone();
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            input = change(input);
            if (input.length > maxBytes) {
                input = Arrays.copyOf(input, maxBytes);
            }
        }
        return input;
    }

    private byte[] change(byte[] input) {
        if (input.length == 0) {
            return inserted(input, 0, noise(1 + random.nextInt(16)));
        }
        int at = random.nextInt(input.length);
        return switch (random.nextInt(12)) {
            case 0, 1 -> flipped(input, at);
            case 2 -> overwritten(input, at, new byte[] {(byte) edge(input)});
            case 3, 4 -> overwritten(input, at, number(edge(input)));
            case 5 -> Arrays.copyOf(input, at);
            case 6 -> replaced(input, at, Math.min(input.length, at + run()), new byte[0]);
            case 7 -> repeated(input, at);
            case 8 -> spliced(input, at);
            case 9 -> inserted(input, at, word());
            case 10 -> overwritten(input, at, word());
            default -> inserted(input, at, noise(run()));
        };
    }

    private byte[] flipped(byte[] input, int at) {
        input[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        return input;
    }

    /** A number where a length, a count or an offset may stand. */
    private long edge(byte[] input) {
        return switch (random.nextInt(4)) {
            case 0 -> input.length + random.nextInt(-9, 10);
            case 1 -> random.nextLong();
            default -> EDGES[random.nextInt(EDGES.length)];
        };
    }

    /** The number in 2, 4 or 8 bytes of either order, or as protobuf writes it. */
    private byte[] number(long value) {
        int kind = random.nextInt(4);
        if (kind == 3) {
            return varint(value);
        }
        byte[] bytes = new byte[2 << kind];
        boolean bigEndian = random.nextBoolean();
        for (int i = 0; i < bytes.length; i++) {
            bytes[bigEndian ? bytes.length - 1 - i : i] = (byte) (value >>> (i * Byte.SIZE));
        }
        return bytes;
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    private byte[] repeated(byte[] input, int at) {
        byte[] piece = Arrays.copyOfRange(input, at, Math.min(input.length, at + run()));
        int times = 1 + random.nextInt(random.nextInt(8) == 0 ? Math.max(1, maxBytes / piece.length) : 4);
        byte[] copies = new byte[Math.min(maxBytes, piece.length * times)];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = piece[i % piece.length];
        }
        return inserted(input, at, copies);
    }

    private byte[] spliced(byte[] input, int at) {
        byte[] other = corpus.pick(random);
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
    }

    /** A length, mostly small. */
    private int run() {
        return 1 + random.nextInt(1 << random.nextInt(Integer.numberOfTrailingZeros(LONGEST_RUN) + 1));
    }

    private byte[] word() {
        return words.isEmpty() ? noise(4) : words.get(random.nextInt(words.size()));
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] overwritten(byte[] input, int at, byte[] piece) {
        System.arraycopy(piece, 0, input, at, Math.min(piece.length, input.length - at));
        return input;
    }

    private static byte[] inserted(byte[] input, int at, byte[] piece) {
        return replaced(input, at, at, piece);
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] piece) {
        byte[] out = new byte[input.length - (to - from) + piece.length];
        System.arraycopy(input, 0, out, 0, from);
        System.arraycopy(piece, 0, out, from, piece.length);
        System.arraycopy(input, to, out, from + piece.length, input.length - to);
        return out;
    }
}

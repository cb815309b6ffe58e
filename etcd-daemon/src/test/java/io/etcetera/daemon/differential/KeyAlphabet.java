package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The keys and values of random operations: few, so that operations meet, and of the lengths at which something
 * changes. Keys that sort next to one another, that are prefixes of one another, or that differ only behind the 511 bytes
 * of an LMDB key are what an index gets wrong first.
 */
final class KeyAlphabet {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
    private static final int NUMBERED = 40;
    private static final ByteString HUGE = run('h', 100 * 1024);

    private final List<ByteString> keys = new ArrayList<>();
    private final RandomGenerator random;

    KeyAlphabet(RandomGenerator random) {
        this.random = random;
        for (String text :
                List.of("a", "b", "c", "d", "aa", "ab", "a\0", "a\0\0", "\0", "/registry/pods/default/web")) {
            keys.add(ByteString.copyFromUtf8(text));
        }
        keys.add(ByteString.copyFrom(new byte[] {(byte) 0xff}));
        keys.add(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xff}));
        keys.add(run('l', 511));
        keys.add(run('l', 512));
        keys.add(run('l', 600));
        keys.add(run('l', 599).concat(ByteString.copyFromUtf8("m")));
    }

    /** A key that may be put: never empty. */
    ByteString key() {
        int draw = random.nextInt(1000);
        if (draw < 2) {
            return HUGE;
        }
        return draw < 350 ? numbered(random.nextInt(NUMBERED)) : keys.get(random.nextInt(keys.size()));
    }

    /** A key, or, rarely, none, which every request refuses. */
    ByteString keyOrEmpty() {
        return random.nextInt(150) == 0 ? ByteString.EMPTY : key();
    }

    /** An end for a range that starts at a key: none, open, right behind it, before it, or some other key. */
    ByteString rangeEnd(ByteString key) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> ByteString.EMPTY;
            case 2, 3 -> ZERO;
            case 4 -> key.concat(ZERO);
            case 5 -> key;
            case 6 -> prefixEnd(key);
            default -> key();
        };
    }

    /** A value: mostly one of a few short ones, so that values tie, seldom a long one, very seldom a huge one. */
    ByteString value() {
        int draw = random.nextInt(2000);
        if (draw < 2) {
            return run('V', 300_000 + random.nextInt(600_000));
        }
        if (draw < 40) {
            return run('v', random.nextInt(6000));
        }
        if (draw < 200) {
            return ByteString.EMPTY;
        }
        if (draw < 1000) {
            return ByteString.copyFromUtf8("v" + random.nextInt(5));
        }
        byte[] bytes = new byte[1 + random.nextInt(20)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static ByteString numbered(int number) {
        return ByteString.copyFromUtf8("k%02d".formatted(number));
    }

    private static ByteString run(char letter, int length) {
        return ByteString.copyFromUtf8(String.valueOf(letter).repeat(length));
    }

    /** The end of the range of all keys with a prefix. */
    private static ByteString prefixEnd(ByteString prefix) {
        byte[] end = prefix.toByteArray();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xff) {
                end[i]++;
                return ByteString.copyFrom(end, 0, i + 1);
            }
        }
        return ZERO;
    }
}

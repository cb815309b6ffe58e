package io.etcetera.mvcc.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeparatorsTest {

    /** Few letters, zero among them, and lengths around eight: many equal heads, and heads filled up with zeros. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void countsLikeALinearSearch(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] prefix = key(random, random.nextInt(4));
            TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
            for (int i = random.nextInt(40); i >= 0; i--) {
                sorted.add(concat(prefix, key(random, random.nextInt(13))));
            }
            Separators separators = new Separators(sorted.toArray(new byte[0][]));
            for (int i = 0; i < 100; i++) {
                byte[] key = key(random, random.nextInt(16));
                byte[] wanted = random.nextBoolean() ? key : concat(prefix, key);
                assertThat(separators.countUpTo(wanted))
                        .isEqualTo(sorted.headSet(wanted, true).size());
            }
        }
    }

    private static byte[] key(Random random, int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (random.nextInt(5) == 0 ? 0xff : random.nextInt(2) * 0x7f);
        }
        return key;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}

package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges are written as {@code from-to}, {@code from-} for all keys from one on, and a key alone. */
class KeyIntervalsTest {

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static ByteString endOf(String range) {
        int dash = range.indexOf('-');
        if (dash < 0) {
            return ByteString.EMPTY;
        }
        String end = range.substring(dash + 1);
        return bytes(end.isEmpty() ? "\0" : end);
    }

    private static ByteString keyOf(String range) {
        int dash = range.indexOf('-');
        return bytes(dash < 0 ? range : range.substring(0, dash));
    }

    private static Permission permission(String range) {
        return Permission.newBuilder()
                .setKey(keyOf(range))
                .setRangeEnd(endOf(range))
                .build();
    }

    private static boolean covered(String granted, String asked) {
        List<Permission> permissions =
                Stream.of(granted.split(" ")).map(KeyIntervalsTest::permission).toList();
        return KeyIntervals.of(permissions).cover(keyOf(asked), endOf(asked));
    }

    @ParameterizedTest
    @CsvSource({
        "b, b",
        "b-d, b",
        "b-d, b-d",
        "b-d, c-d",
        "b-d, c",
        "b-d c-e, b-e",
        "b-c c-d, b-d",
        "c-d b-c, b-d",
        "b-e c-d, b-e",
        "b-, x",
        "b-, b-",
        "b-, c-d",
        "b-d c-, b-",
        "b- c-d, e-f",
        "b c, c",
        // The end of a single key is the key with a zero byte behind it.
        "b b\0-c, b-c",
        // Upside down, and empty: the first key alone is looked at, as in etcd.
        "b-d, c-a",
        "b-d, c-c",
    })
    void grants(String granted, String asked) {
        assertThat(covered(granted, asked)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "b, a",
        "b, bb",
        "b, b-c",
        "b-d, d",
        "b-d, a-c",
        "b-d, c-e",
        "b-d, c-",
        "b-c d-e, b-e",
        "b-d, a",
        "b-d, d-a",
        "c-, b-",
    })
    void refuses(String granted, String asked) {
        assertThat(covered(granted, asked)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"d-b", "b-b", "-b"})
    void doesNotGrantWhatNoRequestCanGrant(String range) {
        assertThat(covered(range, "b")).isFalse();
        assertThat(covered(range, "c")).isFalse();
    }

    @Test
    void anEmptyKeyIsNeverGranted() {
        assertThat(KeyIntervals.of(List.of(permission("a-"))).cover(ByteString.EMPTY, ByteString.EMPTY))
                .isFalse();
    }

    /** Against a model that goes through all keys of an alphabet. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void grantsARangeIfEachOfItsKeysIsGranted(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            List<Permission> permissions = new ArrayList<>();
            boolean[] granted = new boolean[26];
            for (int i = random.nextInt(5); i > 0; i--) {
                int from = random.nextInt(25);
                int to = random.nextInt(from + 1, 26);
                permissions.add(permission(key(from) + "-" + key(to)));
                for (int k = from; k < to; k++) {
                    granted[k] = true;
                }
            }
            int from = random.nextInt(25);
            int to = random.nextInt(from + 1, 26);
            boolean expected = true;
            for (int k = from; k < to; k++) {
                expected &= granted[k];
            }
            assertThat(KeyIntervals.of(permissions).cover(bytes(key(from)), bytes(key(to))))
                    .as("seed %d, round %d: %s-%s of %s", seed, round, key(from), key(to), permissions)
                    .isEqualTo(expected);
        }
    }

    private static String key(int number) {
        return String.valueOf((char) ('a' + number));
    }
}

package io.etcetera.mvcc.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random operations on the index and on {@link IndexModel}; all views taken on the way must go on agreeing. */
class KeyIndexModelTest {
    private static final byte[] OPEN_END = {0};
    private static final int OLD_VIEWS = 5;

    /** A view with what it must show: any revision from {@code lowest} to beyond {@code highest} may be read. */
    private record Expected(KeyIndex.View view, IndexModel model, long lowest, long highest) {}

    private final KeyIndex index = new KeyIndex();
    private final IndexModel model = new IndexModel();
    private final List<Expected> views = new ArrayList<>();

    private Random random = new Random(0);
    private KeyShape shape = KeyShape.FEW_SHORT;
    private long main = 1;
    private long compacted = 1;

    enum KeyShape {
        FEW_SHORT,
        MANY_WITH_PREFIX,
        SOME_LONG,
        FEW_HOT
    }

    @ParameterizedTest(name = "{1} with seed {0}")
    @CsvSource({
        "1,FEW_SHORT,3000", "2,FEW_SHORT,3000", "3,FEW_SHORT,3000", "4,FEW_SHORT,3000",
        "5,SOME_LONG,1200", "6,SOME_LONG,1200", "7,SOME_LONG,1200", "8,FEW_HOT,6000",
        "9,FEW_HOT,6000", "10,FEW_HOT,6000", "11,MANY_WITH_PREFIX,12000", "12,MANY_WITH_PREFIX,12000",
    })
    void agreesWithModel(long seed, KeyShape keyShape, int transactions) {
        random = new Random(seed);
        shape = keyShape;
        int checkEvery = keyShape == KeyShape.MANY_WITH_PREFIX ? 400 : 40;
        for (int i = 1; i <= transactions; i++) {
            writeTransaction();
            if (random.nextInt(100) == 0) {
                compact();
            }
            if (i % checkEvery == 0) {
                takeView();
                views.forEach(this::check);
                checkWriterView();
            }
        }
        compacted = main;
        compactTo(main + 1);
        index.publish();
        TreeChecks.check(index.published());
        assertThat(index.liveKeys()).isEqualTo(model.alive(everything(), main).size());
    }

    private void writeTransaction() {
        main++;
        // Phases of mostly puts and mostly deletes, so that pages both fill and empty.
        int deletePercent = main / 1000 % 2 == 0 ? 20 : 70;
        int changes = 1 + random.nextInt(3);
        for (int sub = 0; sub < changes; sub++) {
            byte[] key = key();
            if (random.nextInt(100) < deletePercent) {
                assertThat(index.delete(key, main, sub)).isEqualTo(model.delete(key, main, sub));
            } else {
                index.put(key, main, sub);
                model.put(key, main, sub);
            }
        }
        if (random.nextInt(3) == 0) {
            index.publish();
        }
    }

    private void compact() {
        long at = compacted + random.nextInt((int) (main - compacted) + 1);
        compactTo(at);
        compacted = at;
    }

    private void compactTo(long at) {
        model.compact(at);
        byte[] next = null;
        do {
            next = index.compact(at, next, 1 + random.nextInt(50));
            if (random.nextInt(4) == 0) {
                index.publish();
            }
        } while (next != null);
    }

    private void takeView() {
        index.publish();
        if (views.size() == OLD_VIEWS) {
            views.remove(random.nextInt(OLD_VIEWS));
        }
        views.add(new Expected(index.published(), model.copy(), compacted, main));
        TreeChecks.check(index.published());
    }

    private void checkWriterView() {
        byte[] key = key();
        main++;
        index.put(key, main, 7);
        model.put(key, main, 7);
        check(new Expected(index.writerView(), model, compacted, main));
        assertThat(index.published().contains(key, main, 7)).isFalse();
    }

    private void check(Expected expected) {
        for (int i = 0; i < 4; i++) {
            long at = switch (random.nextInt(4)) {
                case 0 -> expected.lowest;
                case 1 -> Long.MAX_VALUE;
                default -> expected.lowest + random.nextInt((int) (expected.highest - expected.lowest) + 1);
            };
            KeyRange range = range();
            checkRange(expected, range, at);
            checkGet(expected, key(), at);
            checkSince(expected, range, at);
        }
        assertThat(expected.view.liveKeys())
                .isEqualTo(expected.model.alive(everything(), Long.MAX_VALUE).size());
    }

    private void checkRange(Expected expected, KeyRange range, long at) {
        Map<byte[], IndexModel.Version> alive = expected.model.alive(range, at);
        assertThat(expected.view.count(range, at)).isEqualTo(alive.size());
        Iterator<Map.Entry<byte[], IndexModel.Version>> wanted =
                alive.entrySet().iterator();
        int stopAfter = random.nextInt(2) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(10);
        int[] seen = {0};
        expected.view.range(range, at, cursor -> {
            Map.Entry<byte[], IndexModel.Version> next = wanted.next();
            assertThat(cursor.key()).isEqualTo(next.getKey());
            assertSame(cursor, next.getValue());
            return ++seen[0] < stopAfter;
        });
        assertThat(seen[0]).isEqualTo(Math.min(alive.size(), stopAfter));
    }

    private void checkGet(Expected expected, byte[] key, long at) {
        IndexModel.Version wanted =
                expected.model.alive(KeyRange.single(key), at).get(key);
        IndexEntry entry = new IndexEntry();
        assertThat(expected.view.get(key, at, entry)).isEqualTo(wanted != null);
        if (wanted != null) {
            assertSame(entry, wanted);
        }
    }

    private void checkSince(Expected expected, KeyRange range, long from) {
        List<Revision> found = new ArrayList<>();
        expected.view.since(range, from, (main, sub, tombstone) -> found.add(new Revision(main, sub)));
        found.sort(null);
        assertThat(found).isEqualTo(expected.model.since(range, from));

        byte[] key = key();
        List<Revision> held = expected.model.since(KeyRange.single(key), 0);
        for (Revision revision : held) {
            assertThat(expected.view.contains(key, revision.main(), revision.sub()))
                    .isTrue();
        }
        for (int i = 0; i < 5; i++) {
            long other = 1 + (long) random.nextInt((int) main);
            int sub = random.nextInt(3);
            assertThat(expected.view.contains(key, other, sub)).isEqualTo(expected.model.contains(key, other, sub));
        }
    }

    private static void assertSame(IndexEntry found, IndexModel.Version wanted) {
        assertThat(new IndexModel.Version(
                        new Revision(found.modMain(), found.modSub()), found.createMain(), found.version(), false))
                .isEqualTo(wanted);
    }

    private static KeyRange everything() {
        return KeyRange.of(new byte[0], OPEN_END);
    }

    private KeyRange range() {
        return switch (random.nextInt(5)) {
            case 0 -> everything();
            case 1 -> KeyRange.single(key());
            case 2 -> KeyRange.of(key(), OPEN_END);
            default -> KeyRange.of(key(), key());
        };
    }

    private byte[] key() {
        return switch (shape) {
            case FEW_SHORT -> letters(random.nextInt(5), 3);
            case MANY_WITH_PREFIX ->
                ("/registry/" + random.nextInt(7) + "/name-" + random.nextInt(900)).getBytes(UTF_8);
            case FEW_HOT -> letters(1, 3);
            case SOME_LONG -> random.nextInt(3) == 0 ? longKey() : letters(random.nextInt(6), 3);
        };
    }

    /** Long keys that differ early, late, or only in length. */
    private byte[] longKey() {
        int length = new int[] {127, 128, 300, 600, 1023, 1024, 1025, 20_000}[random.nextInt(8)];
        byte[] key = new byte[length];
        Arrays.fill(key, (byte) 'b');
        if (random.nextBoolean()) {
            key[random.nextInt(3)] = (byte) ('a' + random.nextInt(3));
        } else {
            key[length - 1 - random.nextInt(3)] = (byte) ('a' + random.nextInt(3));
        }
        return key;
    }

    private byte[] letters(int length, int alphabet) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            // Bytes above 127 too: order is unsigned.
            key[i] = (byte) (random.nextInt(alphabet) * 0x7f);
        }
        return key;
    }
}

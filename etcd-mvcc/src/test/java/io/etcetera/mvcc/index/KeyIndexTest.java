package io.etcetera.mvcc.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyIndexTest {
    private static final KeyRange EVERYTHING = KeyRange.of(new byte[] {0}, new byte[] {0});
    private static final byte[] A = bytes("a");
    private static final byte[] B = bytes("b");

    private final KeyIndex index = new KeyIndex();

    @Test
    void aTombstoneEndsAGenerationAndTheNextPutStartsOne() {
        index.put(A, 2, 0);
        index.put(A, 5, 3);
        assertThat(index.delete(A, 6, 0)).isTrue();
        index.put(A, 9, 0);
        index.put(A, 9, 1);

        assertThat(describe(A, 1)).isEqualTo("none");
        assertThat(describe(A, 2)).isEqualTo("2.0 created 2 version 1");
        assertThat(describe(A, 4)).isEqualTo("2.0 created 2 version 1");
        assertThat(describe(A, 5)).isEqualTo("5.3 created 2 version 2");
        assertThat(describe(A, 6)).isEqualTo("none");
        assertThat(describe(A, 8)).isEqualTo("none");
        assertThat(describe(A, 9)).isEqualTo("9.1 created 9 version 2");
        assertThat(describe(A, Long.MAX_VALUE)).isEqualTo("9.1 created 9 version 2");
        assertThat(revisions(0)).containsExactly("2.0", "5.3", "6.0 deleted", "9.0", "9.1");
        assertThat(revisions(6)).containsExactly("6.0 deleted", "9.0", "9.1");
    }

    @Test
    void deletingWhatIsNotAliveChangesNothing() {
        assertThat(index.delete(A, 2, 0)).isFalse();
        index.put(A, 2, 0);
        assertThat(index.delete(A, 3, 0)).isTrue();
        assertThat(index.delete(A, 4, 0)).isFalse();
        assertThat(index.delete(B, 4, 0)).isFalse();
        assertThat(revisions(0)).containsExactly("2.0", "3.0 deleted");
    }

    @Test
    void aPutAndADeleteMayShareOneTransaction() {
        index.put(A, 2, 0);
        index.delete(A, 2, 1);
        index.put(A, 2, 2);
        assertThat(describe(A, 2)).isEqualTo("2.2 created 2 version 1");
        index.delete(A, 2, 3);
        assertThat(describe(A, 2)).isEqualTo("none");
        assertThat(index.writerView().contains(A, 2, 1)).isTrue();
        assertThat(index.writerView().contains(A, 2, 4)).isFalse();
    }

    @Test
    void readersSeeNothingBeforePublication() {
        index.put(A, 2, 0);
        KeyIndex.View before = index.published();
        assertThat(before.count(EVERYTHING, 2)).isZero();
        assertThat(index.writerView().count(EVERYTHING, 2)).isEqualTo(1);
        assertThat(index.liveKeys()).isZero();
        index.publish();
        assertThat(index.liveKeys()).isEqualTo(1);
        assertThat(before.count(EVERYTHING, 2)).isZero();
        assertThat(index.published().count(EVERYTHING, 2)).isEqualTo(1);
    }

    @Test
    void keysMayBeDeletedWhileTheWriterScansItsView() {
        for (int i = 0; i < 5000; i++) {
            index.put(bytes("key-" + i), 2, i);
        }
        int[] sub = {0};
        index.writerView().range(EVERYTHING, 2, key -> index.delete(key.key(), 3, sub[0]++));
        assertThat(sub[0]).isEqualTo(5000);
        assertThat(index.writerView().liveKeys()).isZero();
    }

    @Test
    void compactionKeepsTheNewestRevisionAtOrBelow() {
        index.put(A, 2, 0);
        index.put(A, 4, 0);
        index.put(A, 7, 0);
        compact(5);
        assertThat(revisions(0)).containsExactly("4.0", "7.0");
        assertThat(describe(A, 5)).isEqualTo("4.0 created 2 version 2");
        compact(7);
        assertThat(revisions(0)).containsExactly("7.0");
        assertThat(describe(A, 7)).isEqualTo("7.0 created 2 version 3");
    }

    @Test
    void aTombstoneSurvivesACompactionAtItsRevisionAndNoLaterOne() {
        index.put(A, 2, 0);
        index.delete(A, 3, 0);
        compact(3);
        assertThat(revisions(0)).containsExactly("3.0 deleted");
        assertThat(describe(A, 3)).isEqualTo("none");
        compact(4);
        assertThat(revisions(0)).isEmpty();
        assertThat(index.writerView().contains(A, 3, 0)).isFalse();

        index.put(B, 5, 0);
        index.delete(B, 6, 0);
        index.put(B, 9, 0);
        compact(6);
        assertThat(revisions(0)).containsExactly("6.0 deleted", "9.0");
        compact(7);
        assertThat(revisions(0)).containsExactly("9.0");
        assertThat(describe(B, 9)).isEqualTo("9.0 created 9 version 1");
    }

    @Test
    void compactionGoesInStepsOfAtMostSoManyKeys() {
        for (int i = 0; i < 1000; i++) {
            index.put(bytes("key-" + i), 2, i);
            index.delete(bytes("key-" + i), 3, i);
        }
        int steps = 0;
        byte[] next = null;
        do {
            long before = revisions(0).size();
            next = index.compact(4, next, 7);
            assertThat(before - revisions(0).size()).isLessThanOrEqualTo(14);
            steps++;
        } while (next != null);
        assertThat(steps).isGreaterThanOrEqualTo(1000 / 7);
        assertThat(revisions(0)).isEmpty();
        assertThatThrownBy(() -> index.compact(4, null, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void restoresWhatACompactionLeft() {
        index.restoreTombstone(B, 4, 0);
        index.restore(A, 5, 0, 2, 3);
        index.restore(A, 6, 1, 2, 4);
        index.restoreTombstone(A, 7, 0);
        index.restore(A, 8, 0, 8, 1);
        index.restore(B, 9, 0, 9, 1);

        assertThat(describe(A, 4)).isEqualTo("none");
        assertThat(describe(A, 5)).isEqualTo("5.0 created 2 version 3");
        assertThat(describe(A, 6)).isEqualTo("6.1 created 2 version 4");
        assertThat(describe(A, 7)).isEqualTo("none");
        assertThat(describe(A, 8)).isEqualTo("8.0 created 8 version 1");
        assertThat(describe(B, 8)).isEqualTo("none");
        assertThat(index.writerView().contains(B, 4, 0)).isTrue();
        index.put(A, 10, 0);
        assertThat(describe(A, 10)).isEqualTo("10.0 created 8 version 2");
    }

    @Test
    void restoredVersionsNeedNotFollowOneAnother() {
        index.restore(A, 5, 0, 2, 3);
        index.restore(A, 9, 2, 7, 6);
        index.restore(A, 10, 0, 7, 7);
        index.restore(A, 12, 0, 7, 11);
        assertThat(describe(A, 5)).isEqualTo("5.0 created 2 version 3");
        assertThat(describe(A, 9)).isEqualTo("9.2 created 7 version 6");
        assertThat(describe(A, 10)).isEqualTo("10.0 created 7 version 7");
        assertThat(describe(A, 12)).isEqualTo("12.0 created 7 version 11");
    }

    @Test
    void refusesRevisionsOutOfOrder() {
        index.put(A, 5, 1);
        assertThatThrownBy(() -> index.put(A, 5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.delete(A, 4, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(revisions(0)).containsExactly("5.1");
        index.put(A, 5, 2);
    }

    @Test
    void takesTheLargestRevisions() {
        long main = 1L << 62;
        long sub = 1L << 31;
        index.put(A, 1, 0);
        index.put(A, main - 1, sub);
        index.delete(A, main, sub - 1);
        index.put(A, main, sub);
        assertThat(describe(A, 1)).isEqualTo("1.0 created 1 version 1");
        assertThat(describe(A, main - 1)).isEqualTo((main - 1) + "." + sub + " created 1 version 2");
        assertThat(describe(A, main)).isEqualTo(main + "." + sub + " created " + main + " version 1");
        assertThat(index.writerView().contains(A, main, sub - 1)).isTrue();
        compact(main - 1);
        assertThat(describe(A, main - 1)).isEqualTo((main - 1) + "." + sub + " created 1 version 2");
    }

    @Test
    void takesKeysOfAnyLength() {
        int[] lengths = {0, 1, 127, 128, 600, 32_767, 32_768, 100_000, 3_000_000};
        List<byte[]> keys = new ArrayList<>();
        for (int length : lengths) {
            byte[] same = new byte[length];
            Arrays.fill(same, (byte) 'x');
            keys.add(same);
            if (length > 1) {
                byte[] late = same.clone();
                late[length - 1] = 'y';
                keys.add(late);
                byte[] early = same.clone();
                early[0] = 'w';
                keys.add(early);
            }
        }
        long main = 1;
        for (int round = 0; round < 20; round++) {
            for (byte[] key : keys) {
                index.put(key, ++main, 0);
            }
        }
        IndexEntry entry = new IndexEntry();
        for (byte[] key : keys) {
            assertThat(index.writerView().get(key, main, entry)).isTrue();
            assertThat(entry.version()).isEqualTo(20);
        }
        TreeChecks.check(index.writerView());
        List<byte[]> found = new ArrayList<>();
        index.writerView().range(KeyRange.of(new byte[0], new byte[] {0}), main, key -> found.add(key.key()));
        keys.sort(Arrays::compareUnsigned);
        assertThat(found.toArray(new byte[0][])).isDeepEqualTo(keys.toArray(new byte[0][]));
        for (byte[] key : keys) {
            index.delete(key, ++main, 0);
        }
        compact(main + 1);
        assertThat(TreeChecks.leaves(index.writerView())).isEqualTo(1);
    }

    @Test
    void thousandsOfLongKeysWithOneLongPrefix() {
        byte[] key = new byte[100_000];
        for (int i = 0; i < 2000; i++) {
            index.put(longKey(key, i * 7919 % 2000), 2 + i, 0);
        }
        index.publish();
        assertThat(index.published().count(EVERYTHING, Long.MAX_VALUE)).isEqualTo(2000);
        TreeChecks.check(index.published());
        IndexEntry entry = new IndexEntry();
        for (int i = 0; i < 2000; i += 97) {
            assertThat(index.published().get(longKey(key, i), Long.MAX_VALUE, entry))
                    .isTrue();
        }
    }

    @Test
    void aHotKeyStaysReadableAtEveryRevision() {
        KeyIndex.View early = index.published();
        for (long main = 2; main <= 100_001; main++) {
            index.put(A, main, 0);
            index.publish();
            if (main == 50_000) {
                early = index.published();
            }
        }
        IndexEntry entry = new IndexEntry();
        for (long at = 2; at <= 100_001; at++) {
            assertThat(index.published().get(A, at, entry)).isTrue();
            assertThat(entry.modMain()).isEqualTo(at);
            assertThat(entry.createMain()).isEqualTo(2);
            assertThat(entry.version()).isEqualTo(at - 1);
        }
        compact(90_000);
        assertThat(index.writerView().contains(A, 89_999, 0)).isFalse();
        assertThat(index.writerView().contains(A, 90_000, 0)).isTrue();
        assertThat(index.writerView().get(A, 95_000, entry)).isTrue();
        assertThat(entry.version()).isEqualTo(94_999);
        // The early view knows nothing of what came later, nor of the compaction.
        assertThat(early.get(A, Long.MAX_VALUE, entry)).isTrue();
        assertThat(entry.modMain()).isEqualTo(50_000);
        assertThat(early.contains(A, 50_001, 0)).isFalse();
        assertThat(early.contains(A, 2, 0)).isTrue();
        long[] seen = {0};
        early.since(EVERYTHING, 0, (main, sub, tombstone) -> seen[0]++);
        assertThat(seen[0]).isEqualTo(49_999);
    }

    @Test
    void dropsPagesThatEmpty() {
        Random random = new Random(5);
        long main = 1;
        for (int i = 0; i < 100_000; i++) {
            index.put(bytes("/registry/pods/" + random.nextInt(1_000_000)), ++main, 0);
        }
        int full = TreeChecks.leaves(index.writerView());
        assertThat(TreeChecks.height(index.writerView())).isGreaterThanOrEqualTo(2);
        List<byte[]> keys = new ArrayList<>();
        index.writerView().range(EVERYTHING, main, key -> keys.add(key.key()));
        for (int i = 0; i < keys.size(); i++) {
            if (i % 10 != 0) {
                index.delete(keys.get(i), ++main, 0);
            }
        }
        compact(main + 1);
        TreeChecks.check(index.writerView());
        assertThat(TreeChecks.leaves(index.writerView())).isLessThan(full / 3);
        assertThat(index.writerView().count(EVERYTHING, main)).isEqualTo((keys.size() + 9) / 10);
        for (int i = 0; i < keys.size(); i += 10) {
            index.delete(keys.get(i), ++main, 0);
        }
        compact(main + 1);
        assertThat(TreeChecks.leaves(index.writerView())).isEqualTo(1);
        assertThat(TreeChecks.height(index.writerView())).isZero();
    }

    private void compact(long at) {
        byte[] next = null;
        do {
            next = index.compact(at, next, 100);
        } while (next != null);
    }

    private String describe(byte[] key, long at) {
        IndexEntry entry = new IndexEntry();
        return index.writerView().get(key, at, entry)
                ? entry.modMain() + "." + entry.modSub() + " created " + entry.createMain() + " version "
                        + entry.version()
                : "none";
    }

    private List<String> revisions(long from) {
        record Found(Revision revision, boolean tombstone) {}
        List<Found> found = new ArrayList<>();
        index.writerView()
                .since(
                        EVERYTHING,
                        from,
                        (main, sub, tombstone) -> found.add(new Found(new Revision(main, sub), tombstone)));
        return found.stream()
                .sorted((x, y) -> x.revision.compareTo(y.revision))
                .map(f -> f.revision.main() + "." + f.revision.sub() + (f.tombstone ? " deleted" : ""))
                .toList();
    }

    private static byte[] longKey(byte[] buffer, int i) {
        byte[] tail = bytes(String.format("%06d", i));
        System.arraycopy(tail, 0, buffer, buffer.length - tail.length, tail.length);
        return buffer;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}

package io.etcetera.mvcc.backend.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Revisions whose last bytes stand apart. */
@Timeout(120)
class RecordTailsTest {
    private static final int PAGE = RecordTails.PAGE_BYTES;

    /** Of a value just too large for one page. */
    private static final int WITH_TAIL = 4_150;

    private static final byte[] ONE = RevisionKey.of(1, 0);

    @TempDir
    Path directory;

    private final Random random = new Random(11);
    private final TreeMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
    private LmdbEnv env;

    private LmdbEnv open(String name) {
        return LmdbEnv.open(directory.resolve(name), 1L << 28, false, DurableSteps.UNOBSERVED);
    }

    @BeforeEach
    void open() {
        env = open("store");
    }

    @AfterEach
    void close() {
        env.close();
    }

    private byte[] value(int size) {
        byte[] value = new byte[size];
        random.nextBytes(value);
        return value;
    }

    private void put(WriteBuffer buffer, byte[] key, int size) {
        byte[] value = value(size);
        buffer.put(Bucket.KEY, key, value);
        expected.put(key, value);
    }

    private void putAll(LmdbEnv into, List<byte[]> keys, int... sizes) {
        WriteBuffer buffer = new WriteBuffer();
        for (int i = 0; i < keys.size(); i++) {
            put(buffer, keys.get(i), sizes[i % sizes.length]);
        }
        into.commit(buffer);
    }

    private static List<byte[]> revisions(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> i % 7 == 0 ? RevisionKey.ofTombstone(i, 0) : RevisionKey.of(i, 0))
                .toList();
    }

    private void assertContent(LmdbEnv in) {
        try (ReadTxn txn = Objects.requireNonNull(in.acquire());
                LmdbCursor whole = txn.cursor(Bucket.KEY);
                LmdbCursor sizes = txn.cursor(Bucket.KEY)) {
            boolean found = whole.seek(new byte[0]);
            sizes.seek(new byte[0]);
            for (byte[] key : expected.keySet()) {
                byte[] value = expected.get(key);
                assertThat(found).isTrue();
                whole.load();
                assertThat(whole.key().toArray()).isEqualTo(key);
                assertThat(whole.value().toArray()).isEqualTo(value);
                sizes.loadSize();
                assertThat(sizes.value().length()).isEqualTo(value.length);
                assertThat(txn.get(Bucket.KEY, key)).isEqualTo(value);
                if (!RevisionKey.isTombstone(key)) {
                    assertThat(txn.record(RevisionKey.main(key), 0)).isEqualTo(value);
                }
                found = whole.next();
                assertThat(sizes.next()).isEqualTo(found);
            }
            assertThat(found).isFalse();
        }
    }

    /** All about where something changes, and some in between. */
    private int[] sizes() {
        IntStream edges = IntStream.of(
                        0, 1_960, 2_000, PAGE, PAGE + 1_960, 2 * PAGE, 2 * PAGE + 1_960, 3 * PAGE, 25 * PAGE)
                .flatMap(edge -> IntStream.rangeClosed(Math.max(0, edge - 40), edge + 40));
        return IntStream.concat(edges, random.ints(200, 0, 20_000)).toArray();
    }

    @Test
    void revisionsOfAllSizesAreReadAsTheyWereWritten() {
        int[] sizes = sizes();
        putAll(env, revisions(sizes.length), sizes);
        assertContent(env);

        env.close();
        env = open("store");
        assertContent(env);
    }

    @Test
    void whatIsReplacedOrDeletedLeavesNoTail() {
        int[] sizes = sizes();
        List<byte[]> keys = revisions(sizes.length);
        putAll(env, keys, sizes);
        int[] others = sizes();
        putAll(env, keys, others); // behind what is there, so that each replaces one
        assertContent(env);

        for (int rest = 0; rest < 3; rest++) {
            WriteBuffer deletions = new WriteBuffer();
            for (int i = rest; i < keys.size(); i += 3) {
                deletions.delete(Bucket.KEY, keys.get(i));
                expected.remove(keys.get(i));
            }
            env.commit(deletions);
            assertContent(env);
        }
        assertThat(entries(env)).isZero();
    }

    @Test
    void aValueALittleAboveAPageTakesLittleMoreThanAPage() {
        long before = env.sizeInUseBytes();
        putAll(env, revisions(1_000), WITH_TAIL);
        assertThat((env.sizeInUseBytes() - before) / 1_000).isBetween((long) WITH_TAIL, (long) (1.1 * WITH_TAIL));
    }

    @Test
    void otherBucketsKeepTheirRecordsWhole() {
        WriteBuffer buffer = new WriteBuffer();
        buffer.put(Bucket.AUTH_ROLES, ONE, value(WITH_TAIL));
        env.commit(buffer);
        try (ReadTxn txn = Objects.requireNonNull(env.acquire())) {
            assertThat(txn.entries(Bucket.AUTH_ROLES)).isEqualTo(1);
            assertThat(txn.get(Bucket.AUTH_ROLES, ONE)).hasSize(WITH_TAIL);
        }
    }

    private void deleteRaw(byte[] key) {
        NativeSlice scratch = NativeSlice.scratch(key.length);
        env.update(txn -> assertThat(env.database(Bucket.KEY).delete(txn, scratch.set(key)))
                .isTrue());
    }

    private void read() {
        try (ReadTxn txn = Objects.requireNonNull(env.acquire())) {
            txn.get(Bucket.KEY, ONE);
        }
    }

    private void scan() {
        try (ReadTxn txn = Objects.requireNonNull(env.acquire());
                LmdbCursor cursor = txn.cursor(Bucket.KEY)) {
            for (boolean found = cursor.seek(new byte[0]); found; found = cursor.next()) {
                cursor.load();
            }
        }
    }

    @Test
    void aLostTailIsNoticed() {
        putAll(env, revisions(3), WITH_TAIL);
        deleteRaw(RecordTails.key(ONE));
        assertThatThrownBy(this::read).isInstanceOf(CorruptStoreException.class).hasMessageContaining("revision 1/0");
        assertThatThrownBy(this::scan).isInstanceOf(CorruptStoreException.class).hasMessageContaining("revision 1/0");
    }

    @Test
    void aTailWithoutItsHeadIsNoticed() {
        putAll(env, revisions(3), 100, WITH_TAIL);
        deleteRaw(RevisionKey.of(2, 0));
        assertThatThrownBy(this::scan).isInstanceOf(CorruptStoreException.class);
    }

    /** A copy that stops behind each record, also between a head and its tail, while revisions come and go. */
    @Test
    void aCopyHoldsTheSameWhereverItIsWhenRevisionsComeAndGo() {
        LiveEnv live = new LiveEnv(env, DurableSteps.UNOBSERVED);
        int[] sizes = {WITH_TAIL, 100, 2 * PAGE + 900, PAGE, 3_000};
        List<byte[]> keys = new ArrayList<>(revisions(600));
        putAll(env, keys, sizes);
        try (LmdbEnv target = open("copy")) {
            StoreCopy copy = new StoreCopy(live, target, live.track());
            for (int step = 0; step < 2_000 && !(step > 800 && copy.atEnd()); step++) {
                if (step < 800) {
                    live.commit(change(keys, sizes, step));
                }
                copy.step(1);
            }
            assertThat(copy.atEnd()).isTrue();
            copy.check();
            assertContent(env);
            assertContent(target);
        }
    }

    @Test
    void aHeadMayBeReplacedBeforeItsTailIsCopied() {
        LiveEnv live = new LiveEnv(env, DurableSteps.UNOBSERVED);
        putAll(env, revisions(3), WITH_TAIL);
        try (LmdbEnv target = open("copy")) {
            StoreCopy copy = new StoreCopy(live, target, live.track());
            copy.step(1);
            assertThat(entries(target)).isEqualTo(1);
            WriteBuffer replaced = new WriteBuffer();
            put(replaced, ONE, 2 * PAGE + 300);
            live.commit(replaced);
            for (int step = 0; step < 100 && !copy.atEnd(); step++) {
                copy.step(1);
            }
            copy.check();
            assertContent(target);
        }
    }

    private static long entries(LmdbEnv of) {
        try (ReadTxn txn = Objects.requireNonNull(of.acquire())) {
            return txn.entries(Bucket.KEY);
        }
    }

    private WriteBuffer change(List<byte[]> keys, int[] sizes, int step) {
        WriteBuffer buffer = new WriteBuffer();
        byte[] gone = keys.remove(random.nextInt(keys.size()));
        buffer.delete(Bucket.KEY, gone);
        expected.remove(gone);
        if (step % 2 == 0) {
            byte[] added = RevisionKey.of(1_000 + step, 0);
            put(buffer, added, sizes[random.nextInt(sizes.length)]);
            keys.add(added);
        }
        if (step % 5 == 0) {
            put(buffer, keys.get(random.nextInt(keys.size())), sizes[random.nextInt(sizes.length)]);
        }
        return buffer;
    }
}

package io.etcetera.mvcc.backend.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said, and when, of a record whose bytes are no longer those that were written. */
@Timeout(60)
class DamagedRecordTest {
    private static final BackendOptions OPTIONS = BackendOptions.DEFAULT.withFsync(false);
    private static final int CHECKSUM_BYTES = 4;

    private static final byte[] FIRST = RevisionKey.of(0x1234, 0);
    private static final byte[] SECOND = RevisionKey.of(0x1235, 7);
    private static final byte[] TOMBSTONE = RevisionKey.ofTombstone(0x1236, 0);
    private static final byte[] BIG = RevisionKey.of(0x1237, 0);
    private static final byte[] LEASE = bytes("a-lease");
    private static final byte[] BIG_VALUE = new byte[7_000];
    private static final byte[] LARGER = RevisionKey.of(0x1238, 0);

    /** Of a value whose last bytes stand apart. */
    private static final byte[] LARGER_VALUE = new byte[9_000];

    private static final int LARGER_TAIL = 9_000 + CHECKSUM_BYTES + 16 - 2 * 4_096;

    private final Path file;

    DamagedRecordTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void put(Backend backend, byte[] revision, byte[] value) {
        backend.put(Bucket.KEY, revision, value);
    }

    /** One commit, so that each record is in the file once. */
    @BeforeEach
    void fill() {
        Arrays.fill(BIG_VALUE, (byte) 'B');
        Arrays.fill(LARGER_VALUE, (byte) 'L');
        try (Backend backend = LmdbStore.open(file, OPTIONS)) {
            backend.beginEntry();
            put(backend, FIRST, bytes("value one"));
            put(backend, SECOND, bytes("value two"));
            put(backend, TOMBSTONE, bytes("deleted"));
            put(backend, BIG, BIG_VALUE);
            put(backend, LARGER, LARGER_VALUE);
            backend.put(Bucket.LEASE, LEASE, bytes("lease one"));
            backend.put(Bucket.MEMBERS, LEASE, bytes("a-member."));
            backend.endEntry(0x77665544332211L, 3);
        }
    }

    /** Where in the file the only occurrence of some bytes begins. */
    private int find(byte[] wanted) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int found = -1;
        for (int i = 0; i + wanted.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + wanted.length, wanted, 0, wanted.length)) {
                assertThat(found).as("second occurrence").isEqualTo(-1);
                found = i;
            }
        }
        assertThat(found).as("occurrence").isPositive();
        return found;
    }

    /** Also under an open store, which sees it through its map. */
    private void write(int at, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private byte[] read(int at, int count) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(file), at, at + count);
    }

    private void flip(int at, int mask) throws IOException {
        byte[] one = read(at, 1);
        one[0] ^= (byte) mask;
        write(at, one);
    }

    /** Opens the store and reads all of it, as the start of a member does. */
    private void load() {
        try (Backend backend = LmdbStore.open(file, OPTIONS)) {
            backend.scan(Bucket.KEY, new byte[0], (key, value) -> true);
        }
    }

    private void refused(ThrowingCallable reading, String... words) {
        assertThatThrownBy(reading)
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("restore the member from a snapshot or a backup")
                .hasMessageContaining("add it again with an empty data directory")
                .hasMessageContainingAll(words);
    }

    /** Flips each byte from {@code at} on, in turn, and expects the load to fail with the words. */
    private void everyByteCounts(int at, int count, String... words) throws IOException {
        for (int i = at; i < at + count; i++) {
            int mask = 1 << (i % 8);
            flip(i, mask);
            refused(this::load, words);
            flip(i, mask);
        }
        load();
    }

    @Test
    void everyByteOfAValueAndOfItsChecksumCounts() throws IOException {
        everyByteCounts(
                find(FIRST) + FIRST.length,
                CHECKSUM_BYTES + "value one".length(),
                "the record of bucket key at revision 4660/0 (key "
                        + HexFormat.of().formatHex(FIRST) + ")",
                "does not match its checksum");
        everyByteCounts(
                find(SECOND) + SECOND.length, CHECKSUM_BYTES + "value two".length(), "bucket key at revision 4661/7");
        everyByteCounts(
                find(TOMBSTONE) + TOMBSTONE.length,
                CHECKSUM_BYTES + "deleted".length(),
                "bucket key at revision 4662/0, a deletion");
        int big = find(BIG_VALUE);
        everyByteCounts(big - CHECKSUM_BYTES, CHECKSUM_BYTES + 8, "bucket key at revision 4663/0");
        everyByteCounts(big + BIG_VALUE.length - 8, 8, "bucket key at revision 4663/0");
        byte[] tailKey = Arrays.copyOf(LARGER, LARGER.length + 1);
        everyByteCounts(find(tailKey) + tailKey.length, LARGER_TAIL, "bucket key at revision 4664/0");
        everyByteCounts(find(tailKey), tailKey.length, "is damaged");
        everyByteCounts(
                find(bytes("lease one")) - CHECKSUM_BYTES,
                CHECKSUM_BYTES + "lease one".length(),
                "bucket lease at key " + HexFormat.of().formatHex(LEASE));
        byte[] index = MetaKeys.CONSISTENT_INDEX.key();
        everyByteCounts(
                find(index) + index.length,
                CHECKSUM_BYTES + Long.BYTES,
                "bucket meta at key " + HexFormat.of().formatHex(index));
    }

    /** A damaged key may be out of order, which is noticed before the checksum is. */
    @Test
    void everyByteOfAKeyCounts() throws IOException {
        for (byte[] key : List.of(FIRST, SECOND, TOMBSTONE, BIG, MetaKeys.TERM.key())) {
            everyByteCounts(find(key), key.length, "is damaged");
        }
        everyByteCounts(find(bytes("lease one")) - CHECKSUM_BYTES - LEASE.length, LEASE.length, "is damaged");
    }

    /** A bucket under another name would be a lost one, for which an empty one is made. */
    @Test
    void aBucketUnderAnotherNameIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (Bucket bucket : Bucket.values()) {
            String name = bucket.bucketName();
            String other = name.substring(0, name.length() - 1) + "~";
            String all = new String(whole, ISO_8859_1);
            Files.write(file, all.replace("\0" + name, "\0" + other).getBytes(ISO_8859_1));
            refused(this::load, "is damaged");
        }
        Files.write(file, whole);
        load();
    }

    /** Two values of one length change places, each with its checksum. */
    @Test
    void aRecordUnderAnotherKeyIsNoticed() throws IOException {
        swap(bytes("value one"), bytes("value two"));
        refused(this::load, "bucket key at revision 4660/0");
    }

    @Test
    void aRecordInAnotherBucketIsNoticed() throws IOException {
        swap(bytes("lease one"), bytes("a-member."));
        refused(this::load, "bucket lease at key " + HexFormat.of().formatHex(LEASE));
    }

    private void swap(byte[] one, byte[] other) throws IOException {
        int a = find(one) - CHECKSUM_BYTES;
        int b = find(other) - CHECKSUM_BYTES;
        int count = CHECKSUM_BYTES + one.length;
        byte[] first = read(a, count);
        write(a, read(b, count));
        write(b, first);
    }

    /** Damage done after the start fails what reads it, and nothing else. */
    @Test
    void everyWayToReadVerifies() throws IOException {
        int value = find(bytes("value two"));
        int lease = find(bytes("lease one"));
        try (Backend backend = LmdbStore.open(file, OPTIONS);
                RecordReader reader = backend.reader()) {
            flip(value, 1);
            flip(lease, 1);
            String revision = "revision 4661/7";
            refused(() -> reader.get(0x1235, 7), revision);
            refused(() -> backend.get(Bucket.KEY, SECOND), revision);
            refused(() -> backend.scan(Bucket.KEY, FIRST, (k, v) -> true), revision);
            refused(() -> backend.scan(Bucket.KEY, SECOND, (k, v) -> true), revision);
            refused(() -> backend.forEach(Bucket.KEY, (k, v) -> {}), revision);
            refused(() -> backend.get(Bucket.LEASE, LEASE), "bucket lease");
            refused(() -> backend.forEach(Bucket.LEASE, (k, v) -> {}), "bucket lease");

            assertThat(reader.get(0x1234, 0)).isEqualTo(bytes("value one"));
            assertThat(reader.get(0x1237, 0)).isEqualTo(BIG_VALUE);
            backend.scan(Bucket.KEY, TOMBSTONE, (k, v) -> true);
            backend.scan(Bucket.KEY, FIRST, (k, v) -> RevisionKey.main(k) != 0x1234);

            // What replaces a damaged record need not read it.
            backend.beginEntry();
            put(backend, SECOND, bytes("new"));
            backend.endEntry();
            assertThat(reader.get(0x1234, 0)).isNotNull();
            backend.scan(Bucket.KEY, FIRST, (k, v) -> true);
            assertThat(backend.get(Bucket.KEY, SECOND)).isEqualTo(bytes("new"));
            backend.commit().toCompletableFuture().join();
            assertThat(backend.get(Bucket.KEY, SECOND)).isEqualTo(bytes("new"));
        }
    }

    /** The format, so that nobody changes it unknowingly. */
    @Test
    void theChecksumStandsBeforeTheValue() throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(bytes("key"));
        crc.update(SECOND);
        crc.update(bytes("value two"));
        byte[] stored = ByteBuffer.allocate(SECOND.length + CHECKSUM_BYTES + 9)
                .put(SECOND)
                .putInt((int) crc.getValue())
                .put(bytes("value two"))
                .array();
        assertThat(find(stored)).isPositive();
    }
}

package io.etcetera.mvcc.backend.env;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.backend.page.CompactPages;
import io.etcetera.mvcc.backend.page.LmdbFile;
import io.etcetera.mvcc.backend.page.LmdbMeta;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CompactPagesTest {
    private static final int RECORDS = 60_000;
    private static final int OTHERS = 3_000;

    @TempDir
    Path directory;

    private LmdbEnv open(String name) {
        return LmdbEnv.open(directory.resolve(name), 1L << 28, false, DurableSteps.UNOBSERVED);
    }

    /** Trees of three levels, runs of one and of many pages, and holes. */
    private static void fill(LmdbEnv env) {
        Random random = new Random(3);
        for (int first = 0; first < RECORDS; first += 20_000) {
            WriteBuffer buffer = new WriteBuffer();
            for (int i = first; i < first + 20_000; i++) {
                buffer.put(Bucket.KEY, RevisionKey.of(i + 1, 0), new byte[size(i, random)]);
            }
            buffer.applied(first + 1, 1);
            env.commit(buffer);
        }
        WriteBuffer others = new WriteBuffer();
        for (int i = 0; i < OTHERS; i++) {
            others.put(
                    Bucket.LEASE,
                    ("lease-" + random.nextInt()).getBytes(StandardCharsets.UTF_8),
                    new byte[random.nextInt(300)]);
        }
        env.commit(others);
        deleteFrom(env, 0);
    }

    private static int size(int i, Random random) {
        return i % 1_000 == 0 ? random.nextInt(100_000) : random.nextInt(60);
    }

    private static void deleteFrom(LmdbEnv env, int first) {
        WriteBuffer deletions = new WriteBuffer();
        for (int i = first; i < RECORDS; i += 3) {
            deletions.delete(Bucket.KEY, RevisionKey.of(i + 1, 0));
        }
        env.commit(deletions);
    }

    private static ReadTxn begin(LmdbEnv env) {
        return Objects.requireNonNull(env.acquire());
    }

    private static void copy(LmdbEnv env, ReadTxn txn, LmdbMeta meta, Path to) throws IOException {
        long pages = meta.ownPages();
        for (Bucket bucket : Bucket.values()) {
            pages += txn.pages(bucket);
        }
        CompactPages compact = new CompactPages(env.raw(), "source", meta, pages);
        ByteBuffer chunk = ByteBuffer.allocate(10_007);
        try (FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            do {
                compact.read(chunk.clear());
                channel.write(chunk.flip());
            } while (chunk.limit() == chunk.capacity());
            assertThat(channel.size()).isEqualTo(pages * meta.pageBytes());
        }
    }

    @Test
    void holdWhatTheTransactionHeldWhateverIsCommittedMeanwhile() throws IOException {
        Path file = directory.resolve("copy");
        try (LmdbEnv env = open("source")) {
            fill(env);
            try (ReadTxn txn = begin(env)) {
                LmdbMeta meta = Objects.requireNonNull(txn.meta());
                deleteFrom(env, 1);
                deleteFrom(env, 2);
                assertThat(txn.meta()).isNull();
                copy(env, txn, meta, file);
                assertThat(file.toFile().length()).isLessThan(env.sizeBytes());
                LmdbFile.prepare(file);
                try (LmdbEnv copy = open("copy");
                        ReadTxn copied = begin(copy)) {
                    for (Bucket bucket : Bucket.values()) {
                        assertSame(txn, copied, bucket);
                    }
                    // It can be written to as any other store.
                    deleteFrom(copy, 1);
                    deleteFrom(copy, 2);
                }
                LmdbFile.prepare(file);
            }
        }
    }

    private static void assertSame(ReadTxn expected, ReadTxn actual, Bucket bucket) {
        assertThat(actual.entries(bucket)).isEqualTo(expected.entries(bucket));
        assertThat(actual.pages(bucket)).isEqualTo(expected.pages(bucket));
        try (LmdbCursor left = expected.cursor(bucket);
                LmdbCursor right = actual.cursor(bucket)) {
            boolean found = left.seek(new byte[0]);
            assertThat(right.seek(new byte[0])).isEqualTo(found);
            while (found) {
                left.load();
                right.load();
                assertThat(right.key().toArray()).isEqualTo(left.key().toArray());
                assertThat(right.value().toArray()).isEqualTo(left.value().toArray());
                assertThat(actual.get(bucket, right.key().toArray()))
                        .isEqualTo(left.value().toArray());
                found = left.next();
                assertThat(right.next()).isEqualTo(found);
            }
        }
    }
}

package io.etcetera.mvcc.bolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading what etcd wrote, whole and damaged. */
class BoltFileTest {
    @TempDir
    Path directory;

    private Path stock;

    @BeforeEach
    void unpack() throws IOException {
        stock = StockSnapshot.in(directory);
    }

    @Test
    void aWalkFindsWhatEtcdFinds() throws IOException {
        try (BoltFile file = BoltFile.open(stock)) {
            Walk walk = Walk.of(file);

            assertThat(walk.hash()).isEqualTo(StockSnapshot.HASH);
            assertThat(walk.lastRevision()).isEqualTo(StockSnapshot.REVISION);
            assertThat(file.sizeBytes()).isEqualTo(StockSnapshot.SIZE_BYTES);
            assertThat(walk.buckets())
                    .containsExactly(
                            "alarm",
                            "auth",
                            "authRoles",
                            "authUsers",
                            "cluster",
                            "key",
                            "lease",
                            "members",
                            "members_removed",
                            "meta");
        }
    }

    @Test
    void aKeyIsFoundByItself() throws IOException {
        try (BoltFile file = BoltFile.open(stock)) {
            BoltBucket meta = file.bucket("meta").orElseThrow();

            assertThat(meta.get(ascii("storageVersion"))).contains(ascii("3.7.0"));
            assertThat(meta.get(ascii("storage"))).isEmpty();
            assertThat(file.bucket("nonsense")).isEqualTo(Optional.empty());
            assertThat(file.root().get(ascii("meta")))
                    .as("a bucket is no value")
                    .isEmpty();
        }
    }

    @Test
    void seekingFindsEachKeyAndTheNextOne() throws IOException {
        try (BoltFile file = BoltFile.open(stock)) {
            BoltBucket bucket = file.bucket("key").orElseThrow();
            BoltCursor walk = bucket.cursor();
            BoltCursor seek = bucket.cursor();
            byte[] last = {};
            while (walk.next()) {
                byte[] key = walk.key().toArray();
                assertThat(seek.seek(key)).isTrue();
                assertThat(seek.key().toArray()).isEqualTo(key);
                assertThat(seek.seek(Arrays.copyOf(last, last.length + 1))).isTrue();
                assertThat(seek.key().toArray()).isEqualTo(key);
                last = key;
            }
            assertThat(seek.seek(RevisionKey.of(StockSnapshot.REVISION + 1, 0))).isFalse();
            assertThat(seek.next()).isFalse();
        }
    }

    @Test
    void theOtherMetaPageServesIfTheNewestIsDamaged() throws IOException {
        byte[] bytes = StockSnapshot.bytes();
        bytes[60] ^= 1;

        assertThat(Walk.of(Files.write(stock, bytes)).hash()).isEqualTo(StockSnapshot.HASH);
    }

    @Test
    void aForeignFileIsRefused() throws IOException {
        Files.write(stock, ascii("PK this is a zip file, or says so\n".repeat(1000)));

        assertThatThrownBy(() -> BoltFile.open(stock))
                .isInstanceOf(BoltFormatException.class)
                .hasMessageContaining(stock.toString())
                .hasMessageContaining("is no bbolt file");
    }

    @Test
    void aFileThatEndsEarlyIsRefusedWhereverItEnds() throws IOException {
        byte[] bytes = StockSnapshot.bytes();
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            int length = random.nextInt((int) StockSnapshot.SIZE_BYTES);
            Files.write(stock, Arrays.copyOf(bytes, length));

            assertThatThrownBy(() -> BoltFile.open(stock))
                    .as("length %d", length)
                    .isInstanceOf(BoltFormatException.class)
                    .hasMessageContaining(stock.toString());
        }
    }

    /** A flipped bit in a value is none of the format's business; everything else is found, and nothing hangs. */
    @Test
    void flippedBitsAreRefusedByNameOrHarmless() throws IOException {
        byte[] bytes = StockSnapshot.bytes();
        int refused = 0;
        for (int seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            byte[] damaged = bytes.clone();
            int page = random.nextInt(damaged.length / 4096) * 4096;
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                damaged[page + random.nextInt(160)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(stock, damaged);
            try {
                assertThat(Walk.of(stock).keys()).isLessThan(1000);
            } catch (BoltFormatException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining(stock.toString());
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).as("damaged files that were refused").isGreaterThan(300);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

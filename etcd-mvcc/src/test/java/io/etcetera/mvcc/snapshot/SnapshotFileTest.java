package io.etcetera.mvcc.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.bolt.BoltFormatException;
import io.etcetera.mvcc.bolt.BoltWriter;
import io.etcetera.mvcc.bolt.StockSnapshot;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures of snapshots are those of etcd's own tools. */
class SnapshotFileTest {
    @TempDir
    Path directory;

    private static SnapshotFile open(Path path) throws IOException {
        return SnapshotFile.open(path, bytes -> {});
    }

    @Test
    void statusIsEtcds() throws IOException {
        List<Long> progress = new ArrayList<>();
        try (SnapshotFile file = SnapshotFile.open(StockSnapshot.in(directory), progress::add)) {
            assertThat(file.status())
                    .isEqualTo(new SnapshotStatus(
                            (int) StockSnapshot.HASH,
                            StockSnapshot.REVISION,
                            StockSnapshot.KEYS,
                            StockSnapshot.SIZE_BYTES,
                            "3.7.0"));
        }
    }

    @Test
    void hashIsEtcds() throws Exception {
        try (SnapshotFile file = open(StockSnapshot.in(directory))) {
            assertThat(file.hash(0)).isEqualTo(new KvHash(1256761127, StockSnapshot.REVISION, -1));
            assertThat(file.hash(10)).isEqualTo(new KvHash(1343609143, 10, -1));
            assertThatThrownBy(() -> file.hash(1000))
                    .isInstanceOfSatisfying(
                            RevisionException.class,
                            e -> assertThat(e.kind()).isEqualTo(RevisionException.Kind.FUTURE));
        }
    }

    @Test
    void aRecordThatIsNoneIsRefusedByName() throws IOException {
        Path path = directory.resolve("odd");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(channel, BoltWriter.PAGE_BYTES);
            writer.bucket("key");
            writer.put(ByteView.of(RevisionKey.of(2, 0)), ByteView.of(new byte[] {10, 100}));
            writer.finish();
        }
        try (SnapshotFile file = open(path)) {
            assertThatThrownBy(file::status)
                    .isInstanceOf(BoltFormatException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("bucket key");
            assertThatThrownBy(() -> file.hash(0)).isInstanceOf(BoltFormatException.class);
        }
    }

    @Test
    void flippedBitsAreRefusedOrHarmlessThroughout() throws Exception {
        byte[] bytes = StockSnapshot.bytes();
        Path path = directory.resolve("damaged");
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] damaged = bytes.clone();
            for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(path, damaged);
            try (SnapshotFile file = open(path)) {
                file.status();
                file.hash(0);
            } catch (BoltFormatException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining(path.toString());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}

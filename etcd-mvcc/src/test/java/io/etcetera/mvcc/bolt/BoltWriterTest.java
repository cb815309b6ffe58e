package io.etcetera.mvcc.bolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.schema.ByteView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back, in trees of every shape. */
class BoltWriterTest {
    @TempDir
    Path directory;

    @Test
    void aCopyOfWhatEtcdWroteIsTheSame() throws IOException {
        Path copy = directory.resolve("copy");
        Walk original;
        try (BoltFile from = BoltFile.open(StockSnapshot.in(directory));
                FileChannel to = create(copy)) {
            original = Walk.of(from);
            BoltWriter writer = new BoltWriter(to, BoltWriter.PAGE_BYTES);
            for (BoltCursor top = from.root().cursor(); top.next(); ) {
                writer.bucket(new String(top.key().toArray(), StandardCharsets.UTF_8));
                for (BoltCursor cursor = top.bucket().cursor(); cursor.next(); ) {
                    writer.put(cursor.key(), cursor.value());
                }
            }
            assertThat(writer.finish()).isEqualTo(to.size());
        }

        assertThat(Walk.of(copy)).isEqualTo(original);
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 10, 1 << 12, 1 << 14, 1 << 16})
    void treesOfAnyShapeAreReadBack(int pageBytes) throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            Map<String, Map<byte[], byte[]>> content = content(new Random(seed));
            Path path = directory.resolve("random-" + seed);
            write(path, pageBytes, content);

            try (BoltFile file = BoltFile.open(path)) {
                assertThat(file.pageBytes()).isEqualTo(pageBytes);
                for (Map.Entry<String, Map<byte[], byte[]>> bucket : content.entrySet()) {
                    BoltCursor cursor =
                            file.bucket(bucket.getKey()).orElseThrow().cursor();
                    for (Map.Entry<byte[], byte[]> entry : bucket.getValue().entrySet()) {
                        assertThat(cursor.next()).as("seed %d", seed).isTrue();
                        assertThat(cursor.key().contentEquals(entry.getKey())).isTrue();
                        assertThat(cursor.value().contentEquals(entry.getValue()))
                                .isTrue();
                    }
                    assertThat(cursor.next()).as("seed %d", seed).isFalse();
                }
            }
        }
    }

    private static Map<String, Map<byte[], byte[]>> content(Random random) {
        Map<String, Map<byte[], byte[]>> content = new LinkedHashMap<>();
        for (String name : new String[] {"a", "b", "c"}) {
            Map<byte[], byte[]> bucket = new TreeMap<>(Arrays::compareUnsigned);
            int keys = name.equals("b") ? 0 : random.nextInt(2500);
            int longestKey = 1 + random.nextInt(random.nextInt(8) == 0 ? 3000 : 30);
            int longestValue = random.nextInt(8) == 0 ? 20_000 : 60;
            for (int i = 0; i < keys && bucket.size() * (long) longestValue < 5_000_000; i++) {
                bucket.put(bytes(random, 1 + random.nextInt(longestKey)), bytes(random, random.nextInt(longestValue)));
            }
            content.put(name, bucket);
        }
        return content;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void write(Path path, int pageBytes, Map<String, Map<byte[], byte[]>> content) throws IOException {
        try (FileChannel file = create(path)) {
            BoltWriter writer = new BoltWriter(file, pageBytes);
            for (Map.Entry<String, Map<byte[], byte[]>> bucket : content.entrySet()) {
                writer.bucket(bucket.getKey());
                for (Map.Entry<byte[], byte[]> entry : bucket.getValue().entrySet()) {
                    writer.put(ByteView.of(entry.getKey()), ByteView.of(entry.getValue()));
                }
            }
            writer.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_500, 4_150, 9_000, 100_000})
    void littleIsWastedWhateverTheSizeOfRecords(int valueBytes) throws IOException {
        Map<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);
        int count = 4_000_000 / valueBytes;
        for (int i = 0; i < count; i++) {
            records.put(ByteBuffer.allocate(Integer.BYTES).putInt(i).array(), new byte[valueBytes]);
        }
        Path path = directory.resolve("packed");
        write(path, BoltWriter.PAGE_BYTES, Map.of("b", records));

        long elements = count * (long) (BoltFormat.ELEMENT_BYTES + Integer.BYTES + valueBytes);
        assertThat(Files.size(path)).isBetween(elements, elements * 110 / 100);
        assertThat(Walk.of(path).buckets()).hasSize(1);
    }

    @Test
    void aFileWithoutBucketsIsValid() throws IOException {
        write(directory.resolve("empty"), BoltWriter.PAGE_BYTES, Map.of());

        assertThat(Walk.of(directory.resolve("empty")).buckets()).isEmpty();
    }

    @Test
    void keysThatDoNotAscendAreRefused() throws IOException {
        try (FileChannel file = create(directory.resolve("unordered"))) {
            BoltWriter writer = new BoltWriter(file, BoltWriter.PAGE_BYTES);
            ByteView key = ByteView.of(new byte[] {1});
            assertThatThrownBy(() -> writer.put(key, key)).isInstanceOf(IllegalStateException.class);
            writer.bucket("b");
            writer.put(key, key);

            assertThatThrownBy(() -> writer.put(key, key))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ascend");
            assertThatThrownBy(() -> writer.put(ByteView.of(new byte[40_000]), key))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("40000");
        }
    }

    @Test
    void aFileThatWasNotFinishedIsNoBoltFile() throws IOException {
        Path path = directory.resolve("unfinished");
        try (FileChannel file = create(path)) {
            BoltWriter writer = new BoltWriter(file, BoltWriter.PAGE_BYTES);
            writer.bucket("b");
            ByteView value = ByteView.of(new byte[2 << 20]);
            writer.put(ByteView.of(new byte[] {1}), value);
            writer.put(ByteView.of(new byte[] {2}), value);
        }

        assertThat(Files.size(path)).isPositive();
        assertThatThrownBy(() -> BoltFile.open(path)).isInstanceOf(BoltFormatException.class);
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
}

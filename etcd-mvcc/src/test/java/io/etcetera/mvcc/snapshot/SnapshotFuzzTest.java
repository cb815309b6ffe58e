package io.etcetera.mvcc.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.bolt.StockSnapshot;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.KeyValueCodec;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bbolt files that nobody should have written, and the records in them. */
class SnapshotFuzzTest {
    private static final int PAGE = 4096;
    private static final int META_AT = 16;
    private static final int CHECKSUMMED = 56;

    @TempDir
    Path directory;

    /** Both meta pages with checksums that fit. */
    private static byte[] withChecksums(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int page = 0; page < 2 && page * PAGE + META_AT + CHECKSUMMED + Long.BYTES <= file.length; page++) {
            int at = page * PAGE + META_AT;
            long hash = 0xcbf29ce484222325L;
            for (int i = at; i < at + CHECKSUMMED; i++) {
                hash = (hash ^ (file[i] & 0xff)) * 0x100000001b3L;
            }
            bytes.putLong(at + CHECKSUMMED, hash);
        }
        return file;
    }

    @Test
    void files() {
        Path path = directory.resolve("fuzzed.db");
        byte[] stock = StockSnapshot.bytes();

        Fuzz.of("bbolt files")
                .samples(stock)
                .maxBytes(stock.length)
                .repairing(SnapshotFuzzTest::withChecksums)
                .allocating(64 << 20, 100)
                .refusing(IOException.class, RevisionException.class)
                .run(content -> {
                    Files.write(path, content);
                    try (SnapshotFile file = SnapshotFile.open(path, bytes -> {})) {
                        file.status();
                        file.hash(0);
                    }
                });
    }

    @Test
    void records() {
        byte[] record = KeyValueCodec.encode(
                "key".getBytes(UTF_8), 3, 9, 2, "value".repeat(30).getBytes(UTF_8), 77);

        Fuzz.of("records of keys")
                .samples(record, Arrays.copyOf(record, 5))
                .refusing(CorruptStoreException.class)
                .run(bytes -> {
                    ByteView view = ByteView.of(bytes);
                    RecordHeader header = new RecordHeader();
                    header.decode(view);
                    view.toArray(header.keyOffset(), header.keyLength());
                    view.toArray(header.valueOffset(), header.valueLength());
                });
    }

    @Test
    void revisions() {
        Fuzz.of("revisions")
                .samples(RevisionKey.of(5, 6), RevisionKey.of(Long.MAX_VALUE, 0))
                .maxBytes(40)
                .refusing(CorruptStoreException.class)
                .run(bytes -> {
                    RevisionKey.check(ByteView.of(bytes));
                    RevisionKey.main(ByteView.of(bytes));
                    RevisionKey.isTombstone(ByteView.of(bytes));
                });
    }
}

package io.etcetera.mvcc.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/** LMDB files as they must never reach LMDB, which would believe them. */
class LmdbFuzzTest {
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private static ByteBuffer buffer(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Trees of one and of two levels, a run of overflow pages, free pages. */
    private byte[] sample() throws IOException {
        Path file = directory.resolve("sample.mdb");
        try (Env<ByteBuffer> env =
                Env.create().setMapSize(1L << 24).setMaxDbs(3).open(file.toFile(), EnvFlags.MDB_NOSUBDIR)) {
            Dbi<ByteBuffer> small = env.openDbi("small", DbiFlags.MDB_CREATE);
            Dbi<ByteBuffer> big = env.openDbi("big", DbiFlags.MDB_CREATE);
            env.openDbi("empty", DbiFlags.MDB_CREATE);
            try (Txn<ByteBuffer> txn = env.txnWrite()) {
                for (int i = 0; i < 60; i++) {
                    small.put(txn, buffer("key-" + (100 + i)), buffer("value".repeat(30)));
                }
                big.put(txn, buffer("big"), buffer("x".repeat(10_000)));
                txn.commit();
            }
            try (Txn<ByteBuffer> txn = env.txnWrite()) {
                for (int i = 0; i < 60; i += 3) {
                    small.delete(txn, buffer("key-" + (100 + i)));
                }
                txn.commit();
            }
        }
        return Files.readAllBytes(file);
    }

    /** Pages that carry their own numbers, wherever they have come to stand; runs of overflow pages lose some content. */
    private static byte[] withPageNumbers(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.nativeOrder());
        for (int page = 0; page * PAGE + Long.BYTES <= file.length; page++) {
            bytes.putLong(page * PAGE, page);
        }
        return file;
    }

    @Test
    void files() throws IOException {
        Path file = directory.resolve("fuzzed.mdb");
        byte[] sample = sample();

        Fuzz.of("LMDB files")
                .samples(sample)
                .repairing(LmdbFuzzTest::withPageNumbers)
                .maxBytes(sample.length + PAGE)
                .allocating(8 << 20, 100)
                .refusing(CorruptStoreException.class)
                .run(content -> {
                    Files.write(file, content);
                    LmdbFileCheck.check(file);
                });
    }

    @Test
    void images() throws IOException {
        Path file = Files.write(directory.resolve("image"), sample());
        ImageTrailer.append(file);
        byte[] image = Files.readAllBytes(file);

        Fuzz.of("copies of stores")
                .samples(image)
                .maxBytes(image.length + PAGE)
                .refusing(CorruptStoreException.class)
                .run(content -> {
                    Files.write(file, content);
                    ImageTrailer.verifyAndCut(file, false);
                });
    }
}

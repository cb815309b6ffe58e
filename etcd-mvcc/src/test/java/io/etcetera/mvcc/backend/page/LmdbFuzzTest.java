package io.etcetera.mvcc.backend.page;

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
import org.lmdbjava.Stat;
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

    /** What a member that is damaged sends to others: it must end, and not go on for ever. */
    @Test
    void images() throws IOException {
        byte[] sample = sample();
        long pages = pagesInUse(directory.resolve("sample.mdb"));

        Fuzz.of("copies of stores")
                .samples(sample)
                .repairing(LmdbFuzzTest::withPageNumbers)
                .maxBytes(sample.length + PAGE)
                .allocating(8 << 20, 100)
                .refusing(CorruptStoreException.class)
                .run(content -> readCompacted(content, pages));
    }

    private static long pagesInUse(Path file) {
        try (Env<ByteBuffer> env = Env.create().setMaxDbs(3).open(file.toFile(), EnvFlags.MDB_NOSUBDIR)) {
            long pages = LmdbMeta.PAGES + pages(env.stat());
            for (byte[] name : env.getDbiNames()) {
                Dbi<ByteBuffer> tree = env.openDbi(name);
                try (Txn<ByteBuffer> txn = env.txnRead()) {
                    pages += pages(tree.stat(txn));
                }
            }
            return pages;
        }
    }

    private static long pages(Stat stat) {
        return stat.branchPages + stat.leafPages + stat.overflowPages;
    }

    private static void readCompacted(byte[] content, long pages) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
        if (content.length < 2 * PAGE) {
            throw new CorruptStoreException("no meta page");
        }
        LmdbMeta meta = new LmdbMeta(bytes.slice(PAGE, PAGE).order(ByteOrder.nativeOrder()));
        if (!meta.isSound(1) || meta.pageBytes() != PAGE) {
            throw new CorruptStoreException("no meta page");
        }
        LmdbPages.Source source = (into, position) -> {
            int from = (int) Math.max(0, Math.min(position, content.length));
            into.put(content, from, Math.min(into.remaining(), content.length - from));
        };
        ByteBuffer all = ByteBuffer.allocate((int) (pages + 1) * PAGE);
        new CompactPages(source, "sample", meta, pages).read(all);
        if (all.position() != pages * PAGE) {
            throw new AssertionError("it should be as long as announced");
        }
    }
}

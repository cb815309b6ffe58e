package io.etcetera.mvcc.backend.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedFileTest {
    private static final BackendOptions OPTIONS = BackendOptions.DEFAULT.withFsync(false);

    private final Path directory;

    DamagedFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path file() {
        return directory.resolve("store.mdb");
    }

    private void refuses(String what) {
        assertThatThrownBy(() -> LmdbStore.open(file(), OPTIONS))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining(what);
    }

    /** Records of several sizes, so that there are branch, leaf and overflow pages, and free ones. */
    private void makeStore() {
        Random random = new Random(1);
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            for (int round = 0; round < 3; round++) {
                backend.beginEntry();
                for (int i = 0; i < 1_000; i++) {
                    backend.put(
                            Bucket.KEY,
                            RevisionKey.of(2 + 1_000L * round + i, 0),
                            new byte[random.nextInt(i % 50 == 0 ? 20_000 : 500)]);
                }
                for (int i = 0; i < 300; i++) {
                    backend.delete(Bucket.KEY, RevisionKey.of(2 + random.nextInt(1_000 * round + 1), 0));
                }
                backend.endEntry(round + 1, 1);
                backend.commit().toCompletableFuture().join();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 20, 500, 100_000})
    void garbageIsNotAStore(int size) throws IOException {
        byte[] garbage = new byte[size];
        new Random(size).nextBytes(garbage);
        Files.write(file(), garbage);
        refuses("LMDB file");
        assertThat(Files.readAllBytes(file())).isEqualTo(garbage);
    }

    @Test
    void aBoltFileIsRecognized() throws IOException {
        ByteBuffer page = ByteBuffer.allocate(65_536).order(ByteOrder.nativeOrder());
        page.putInt(16, 0xED0CDAED);
        Files.write(file(), page.array());
        refuses("bbolt");
    }

    @Test
    void aFileCutShortIsRefusedWhereverItEnds() throws IOException {
        makeStore();
        byte[] whole = Files.readAllBytes(file());
        for (int keep = 24; keep < whole.length; keep += keep < 20_000 ? 1_000 : 100_000) {
            Files.write(file(), java.util.Arrays.copyOf(whole, keep));
            refuses("restore the member");
        }
        Files.write(file(), whole);
        LmdbStore.open(file(), OPTIONS).close();
    }

    /** LMDB counts pages that it took and gave back in one transaction, though it never writes them. */
    @Test
    void aFileMayEndBeforePagesThatWereNeverWritten() throws IOException {
        makeStore();
        long size = Files.size(file());
        try (RandomAccessFile access = new RandomAccessFile(file().toFile(), "rw")) {
            for (int page = 0; page < 2; page++) {
                byte[] number = new byte[Long.BYTES];
                access.seek(page * 4096L + 136);
                access.readFully(number);
                ByteBuffer lastPage = ByteBuffer.wrap(number).order(ByteOrder.nativeOrder());
                lastPage.putLong(0, lastPage.getLong(0) + 3);
                access.seek(page * 4096L + 136);
                access.write(number);
            }
        }
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            assertThat(backend.consistentIndex()).isEqualTo(3);
        }
        assertThat(Files.size(file())).isGreaterThan(size);
    }

    @Test
    void anEmptyFileIsANewStore() throws IOException {
        Files.createFile(file());
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            assertThat(backend.consistentIndex()).isZero();
        }
    }

    /** The free list sorts transactions as numbers, which is not the order of their bytes once there are 256. */
    @Test
    void aStoreOfManyTransactionsIsSound() throws IOException {
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            for (int i = 1; i <= 600; i++) {
                backend.beginEntry();
                backend.put(Bucket.KEY, RevisionKey.of(i + 1, 0), new byte[3_000]);
                if (i % 2 == 0) {
                    backend.delete(Bucket.KEY, RevisionKey.of(i / 2, 0));
                }
                backend.endEntry(i, 1);
                backend.commit().toCompletableFuture().join();
                LmdbFileCheck.check(file());
            }
        }
    }

    /** Larger than what the check keeps in memory, with pages that lead from one end of the file to the other. */
    @Test
    void aLargeStoreIsSound() throws IOException {
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            for (int round = 0; round < 5; round++) {
                backend.beginEntry();
                for (int i = 0; i < 2_000; i++) {
                    backend.put(Bucket.KEY, RevisionKey.of(2 + 2_000L * round + i, 0), new byte[i % 3 * 5_000]);
                    backend.put(Bucket.LEASE, RevisionKey.of(i * 7 % 2_000, round), new byte[i % 5 * 1_000]);
                }
                backend.endEntry(round + 1, 1);
                backend.commit().toCompletableFuture().join();
            }
            assertThat(backend.sizeBytes()).isGreaterThan(64 << 20);
            LmdbFileCheck.check(file());
        }
    }
}

package io.etcetera.mvcc.backend.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

class LmdbFileCheckTest {
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void fill() {
        file = directory.resolve("store.mdb");
        try (Env<ByteBuffer> env =
                Env.create().setMapSize(1L << 28).setMaxDbs(4).open(file.toFile(), EnvFlags.MDB_NOSUBDIR)) {
            Dbi<ByteBuffer> small = env.openDbi("small", DbiFlags.MDB_CREATE);
            Dbi<ByteBuffer> big = env.openDbi("big", DbiFlags.MDB_CREATE);
            env.openDbi("empty", DbiFlags.MDB_CREATE);
            for (int batch = 0; batch < 4; batch++) {
                try (Txn<ByteBuffer> txn = env.txnWrite()) {
                    for (int i = 0; i < 500; i++) {
                        int number = batch * 500 + i;
                        small.put(txn, buffer(String.format("key-%08d", number)), buffer("value".repeat(40)));
                        if (number % 50 == 0) {
                            big.put(txn, buffer("key-" + number), buffer("x".repeat(10_000)));
                        }
                    }
                    txn.commit();
                }
            }
            try (Txn<ByteBuffer> txn = env.txnWrite()) {
                for (int i = 0; i < 2_000; i += 3) {
                    small.delete(txn, buffer(String.format("key-%08d", i)));
                }
                txn.commit();
            }
        }
    }

    @Test
    void acceptsWhatLmdbWrote() {
        assertThatCode(() -> LmdbFileCheck.check(file)).doesNotThrowAnyException();
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> LmdbFileCheck.check(file))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("beyond the end of the file");
    }

    @Test
    void refusesGarbageAndForeignFiles() throws IOException {
        byte[] garbage = new byte[100_000];
        new Random(1).nextBytes(garbage);
        Files.write(file, garbage);
        assertThatThrownBy(() -> LmdbFileCheck.check(file)).hasMessageContaining("not that of an LMDB file");

        ByteBuffer bolt = ByteBuffer.allocate(PAGE * 4).order(java.nio.ByteOrder.nativeOrder());
        bolt.putInt(16, 0xED0CDAED);
        Files.write(file, bolt.array());
        assertThatThrownBy(() -> LmdbFileCheck.check(file)).hasMessageContaining("bbolt");

        Files.write(file, new byte[10]);
        assertThatThrownBy(() -> LmdbFileCheck.check(file)).isInstanceOf(CorruptStoreException.class);
    }

    /** Wipes one page after the other: either the page is not in use, or its loss is noticed. */
    @Test
    void noticesEveryLostPage() throws IOException {
        byte[] good = Files.readAllBytes(file);
        int noticed = 0;
        for (int page = 2; page < good.length / PAGE; page++) {
            byte[] bytes = good.clone();
            java.util.Arrays.fill(bytes, page * PAGE, (page + 1) * PAGE, (byte) 0xA5);
            Files.write(file, bytes);
            try {
                LmdbFileCheck.check(file);
            } catch (CorruptStoreException e) {
                assertThat(e).hasMessageContaining("is damaged at page");
                noticed++;
            }
        }
        // Pages inside overflow runs carry no header, and some pages are free: the rest must all be noticed.
        assertThat(noticed).isGreaterThan(good.length / PAGE / 3);
    }

    @Test
    void neverFailsOtherwiseOnRandomDamage() throws IOException {
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = good.clone();
            for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                LmdbFileCheck.check(file);
            } catch (CorruptStoreException e) {
                assertThat(e).hasMessageContaining("store.mdb");
            }
        }
    }

    private static ByteBuffer buffer(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}

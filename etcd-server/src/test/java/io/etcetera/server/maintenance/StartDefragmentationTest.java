package io.etcetera.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartDefragmentationTest {
    private static final int VALUES = 300;
    private static final int VALUE_BYTES = 16 << 10;

    @TempDir
    private Path directory;

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Leaves more than four megabytes of free pages behind. */
    private static void fillAndEmpty(Backend store) {
        store.beginEntry();
        for (int i = 0; i < VALUES; i++) {
            store.put(Bucket.LEASE, key(i), new byte[VALUE_BYTES]);
        }
        store.endEntry(1, 1);
        store.commit().toCompletableFuture().join();
        store.beginEntry();
        for (int i = 0; i < VALUES; i++) {
            store.delete(Bucket.LEASE, key(i));
        }
        store.endEntry(2, 1);
        store.commit().toCompletableFuture().join();
    }

    @Test
    void defragmentsFromTheThresholdOn() throws Exception {
        try (Backend store = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT)) {
            fillAndEmpty(store);
            long before = store.sizeBytes();
            assertThat(before - store.sizeInUseBytes()).isGreaterThan(4 << 20);

            StartDefragmentation.runIfWorthwhile(store, 0);
            StartDefragmentation.runIfWorthwhile(store, 100);
            StartDefragmentation.runIfWorthwhile(store, Long.MAX_VALUE);
            assertThat(store.sizeBytes()).isEqualTo(before);

            StartDefragmentation.runIfWorthwhile(store, 4);
            assertThat(store.sizeBytes()).isLessThan(1 << 20);
            assertThat(store.consistentIndex()).isEqualTo(2);
        }
    }
}

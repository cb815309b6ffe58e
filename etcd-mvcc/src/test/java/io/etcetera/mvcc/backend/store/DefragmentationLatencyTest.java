package io.etcetera.mvcc.backend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long writes and reads wait while a defragmentation goes on. The limit is loose, since the machine may be busy with
 * other things, and still far below what the copy takes. {@code -Detcetera.defrag.mb=1024} measures a larger store.
 */
class DefragmentationLatencyTest {
    private static final Logger log = LoggerFactory.getLogger(DefragmentationLatencyTest.class);
    private static final long LIMIT_MILLIS = 1_000;
    private static final int VALUE_BYTES = 1_000;

    /** Between two writes, so that they wait for the defragmentation if for anything, and not for one another's commit. */
    private static final long PACE_NANOS = 200_000;

    private final Path directory;

    DefragmentationLatencyTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    @Timeout(300)
    void neitherWritesNorReadsWaitForIt() {
        int records = Integer.getInteger("etcetera.defrag.mb", 64) * 1_000;
        try (Backend backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT)) {
            for (int i = 0; i < records; i++) {
                write(backend, i + 2);
            }
            backend.commit().toCompletableFuture().join();
            long size = backend.sizeBytes();

            CompletableFuture<Void> done = backend.defragment().toCompletableFuture();
            long begin = System.nanoTime();
            long longestWrite = 0;
            long longestRead = 0;
            int next = records;
            while (!done.isDone()) {
                long before = System.nanoTime();
                write(backend, next + 2);
                long between = System.nanoTime();
                try (RecordReader reader = backend.reader()) {
                    assertThat(reader.get(2 + next % records, 0)).isNotNull();
                }
                longestWrite = Math.max(longestWrite, between - before);
                longestRead = Math.max(longestRead, System.nanoTime() - between);
                next++;
                LockSupport.parkNanos(PACE_NANOS);
            }
            done.join();
            log.info(
                    "{} bytes in {} ms, {} writes meanwhile; longest write {} us, read {} us",
                    size,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                    next - records,
                    TimeUnit.NANOSECONDS.toMicros(longestWrite),
                    TimeUnit.NANOSECONDS.toMicros(longestRead));
            assertThat(next).isGreaterThan(records);
            assertThat(TimeUnit.NANOSECONDS.toMillis(longestWrite)).isLessThan(LIMIT_MILLIS);
            assertThat(TimeUnit.NANOSECONDS.toMillis(longestRead)).isLessThan(LIMIT_MILLIS);
        }
    }

    private static void write(Backend backend, int main) {
        backend.beginEntry();
        backend.put(Bucket.KEY, RevisionKey.of(main, 0), new byte[VALUE_BYTES]);
        backend.endEntry(main, 1);
    }
}

package io.etcetera.mvcc.backend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a disk of 24 MB, which takes root to mount. */
@Timeout(60)
class DefragmentationDiskFullTest {
    private static final BackendOptions OPTIONS = BackendOptions.DEFAULT.withMapSizeBytes(64 << 20);
    private static final int RECORDS = 1_500;

    private final Path disk;
    private boolean mounted;

    DefragmentationDiskFullTest(@TempDir Path disk) {
        this.disk = disk;
    }

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "none", disk.toString());
        assumeTrue(mounted, "not run: mounting a small disk takes root");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such command
        }
    }

    private Backend open(long reserveBytes) {
        return LmdbStore.open(
                disk.resolve("store.mdb"), OPTIONS, DurableSteps.UNOBSERVED, new CopyOptions(1 << 20, reserveBytes));
    }

    private static void fill(Backend backend) {
        for (int i = 2; i < RECORDS + 2; i++) {
            write(backend, i, 10_000);
        }
        backend.commit().toCompletableFuture().join();
    }

    private static void write(Backend backend, int main, int size) {
        backend.beginEntry();
        backend.put(Bucket.KEY, RevisionKey.of(main, 0), new byte[size]);
        backend.endEntry(main, 1);
    }

    private void checkHealthy(Backend backend) throws IOException {
        try (Stream<Path> files = Files.list(disk)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("store.mdb", "store.mdb-lock", "store.mdb.owner");
        }
        write(backend, RECORDS + 2, 100);
        assertThat(backend.commit().toCompletableFuture().join()).isEqualTo(RECORDS + 2);
        assertThat(backend.get(Bucket.KEY, RevisionKey.of(2, 0))).hasSize(10_000);
    }

    @Test
    void isRefusedBeforehandIfTheCopyHasNoRoom() throws IOException {
        try (Backend backend = open(1 << 20)) {
            fill(backend);
            assertThatThrownBy(() -> backend.defragment().toCompletableFuture().join())
                    .hasCauseInstanceOf(DefragmentationException.class)
                    .hasMessageContaining("not enough space left on the disk");
            checkHealthy(backend);
        }
    }

    /** Somebody else takes what was free when it began; a negative reserve lets it run into the wall. */
    @Test
    void isGivenUpWhenTheDiskIsFull() throws IOException {
        try (Backend backend = open(-(1L << 40))) {
            fill(backend);
            assertThatThrownBy(() -> backend.defragment().toCompletableFuture().join())
                    .hasCauseInstanceOf(DefragmentationException.class)
                    .hasMessageContaining("no space left on the disk for the copy");
            checkHealthy(backend);
            for (int main : List.of(3, 4, 5)) {
                assertThat(backend.get(Bucket.KEY, RevisionKey.of(main, 0))).hasSize(10_000);
            }
        }
    }
}

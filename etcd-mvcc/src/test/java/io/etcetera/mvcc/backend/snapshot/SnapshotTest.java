package io.etcetera.mvcc.backend.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.bolt.BoltCursor;
import io.etcetera.mvcc.bolt.BoltFile;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.OwnKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a snapshot holds, and what is left of it afterwards. */
@Timeout(60)
class SnapshotTest {
    private final Path directory;
    private final ReplaceableBackend backend;

    SnapshotTest(@TempDir Path directory) {
        this.directory = directory;
        this.backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT.withFsync(false));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private void put(Bucket bucket, byte[] key, String value) {
        backend.beginEntry();
        backend.put(bucket, key, value.getBytes(ISO_8859_1));
        backend.endEntry();
    }

    private Path save(StoreSnapshot snapshot) throws IOException {
        ByteBuffer bytes = snapshot.next((int) snapshot.sizeBytes());
        byte[] all = new byte[(int) snapshot.sizeBytes()];
        bytes.get(all);
        assertThat(bytes.hasRemaining()).isFalse();
        return Files.write(directory.resolve("saved"), all);
    }

    private static List<String> show(Path file) throws IOException {
        List<String> all = new ArrayList<>();
        try (BoltFile bolt = BoltFile.open(file)) {
            for (BoltCursor top = bolt.root().cursor(); top.next(); ) {
                String bucket = new String(top.key().toArray(), ISO_8859_1);
                for (BoltCursor cursor = top.bucket().cursor(); cursor.next(); ) {
                    all.add(bucket + " " + new String(cursor.key().toArray(), ISO_8859_1) + "="
                            + new String(cursor.value().toArray(), ISO_8859_1));
                }
            }
        }
        return all;
    }

    @Test
    void holdsWhatWasWrittenAMomentAgoAndNothingOfOurs() throws Exception {
        put(Bucket.META, MetaKeys.STORAGE_VERSION.key(), "3.7.0");
        put(Bucket.KEY, RevisionKey.of(2, 0), "record");
        put(Bucket.CLUSTER, OwnKeys.founded(), "yes");
        put(Bucket.CLUSTER, "clusterVersion".getBytes(ISO_8859_1), "3.7.0");

        try (StoreSnapshot snapshot =
                backend.snapshot(() -> false).toCompletableFuture().join()) {
            assertThat(snapshot.storageVersion()).isEqualTo("3.7.0");
            assertThat(show(save(snapshot)))
                    .containsExactly(
                            "cluster clusterVersion=3.7.0",
                            "key " + new String(RevisionKey.of(2, 0), ISO_8859_1) + "=record",
                            "meta storageVersion=3.7.0");
        }
    }

    @Test
    void longNamesComeInOrder() throws Exception {
        String beginning = "n".repeat(LongKeys.PREFIX_LENGTH);
        List<String> names = List.of(
                beginning + "a".repeat(10),
                beginning + "b".repeat(100),
                beginning + "c".repeat(20),
                beginning + "d".repeat(200),
                beginning + "e".repeat(90),
                "o".repeat(600));
        names.forEach(name -> put(Bucket.AUTH_USERS, name.getBytes(ISO_8859_1), "user"));

        try (StoreSnapshot snapshot =
                backend.snapshot(() -> false).toCompletableFuture().join()) {
            assertThat(show(save(snapshot)))
                    .isEqualTo(names.stream()
                            .map(name -> "authUsers " + name + "=user")
                            .toList());
        }
    }

    @Test
    void leavesNothingBehind() throws Exception {
        StoreSnapshot snapshot =
                backend.snapshot(() -> false).toCompletableFuture().join();
        snapshot.close();
        snapshot.close();

        assertThat(files()).doesNotContain("store.mdb.snapshot");
        assertThatThrownBy(() -> snapshot.next(1)).isInstanceOf(StoreSnapshotException.class);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void endsWhenNobodyWaitsAnyMore() throws Exception {
        byte[] value = new byte[1 << 20];
        Arrays.fill(value, (byte) 'v');
        for (int i = 0; i < 40; i++) {
            put(Bucket.KEY, RevisionKey.of(2 + i, 0), new String(value, ISO_8859_1));
        }
        CountDownLatch asked = new CountDownLatch(2);

        CompletionStage<StoreSnapshot> snapshot = backend.snapshot(() -> {
            asked.countDown();
            return asked.getCount() == 0;
        });

        assertThatThrownBy(() -> snapshot.toCompletableFuture().join())
                .satisfiesAnyOf(
                        failure -> assertThat(failure).isInstanceOf(CancellationException.class),
                        failure -> assertThat(failure).hasCauseInstanceOf(CancellationException.class));
        assertThat(files()).doesNotContain("store.mdb.snapshot");
    }

    @Test
    void closingTheStoreEndsThem() {
        StoreSnapshot snapshot =
                backend.snapshot(() -> false).toCompletableFuture().join();

        backend.close();

        assertThatThrownBy(() -> snapshot.next(1)).isInstanceOf(StoreSnapshotException.class);
        assertThatThrownBy(() ->
                        backend.snapshot(() -> false).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreSnapshotException.class);
    }
}

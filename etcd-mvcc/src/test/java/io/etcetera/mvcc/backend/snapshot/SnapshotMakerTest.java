package io.etcetera.mvcc.backend.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.Images;
import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CopyProgress;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.copy.StoreFiles;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a store that another takes the place of, and on a disk that has no room for them. */
@Timeout(60)
class SnapshotMakerTest {
    private static final BackendOptions OPTIONS = BackendOptions.DEFAULT.withFsync(false);
    private static final CopyOptions STEPS = new CopyOptions(1 << 20, 1 << 20);
    private static final int RECORDS = 400;
    private static final int VALUE_BYTES = 20_000;
    private static final int READ_BYTES = 32 * 1024;

    private final Path directory;
    private final ReplaceableBackend store;
    private final AtomicLong usableBytes = new AtomicLong(Long.MAX_VALUE);
    private final SnapshotMaker maker;

    SnapshotMakerTest(@TempDir Path directory) {
        this.directory = directory;
        this.store = LmdbStore.open(directory.resolve("store.mdb"), OPTIONS);
        // Beside the one that the store has, which would know how full the disk is.
        this.maker =
                new SnapshotMaker(new StoreFiles(directory.resolve("store.mdb"), usableBytes::get), STEPS, OPTIONS);
    }

    @AfterEach
    void close() {
        maker.close();
        store.close();
    }

    private SnapshotMaker.Source present() {
        return (SnapshotMaker.Source) store.pinned();
    }

    private static void fill(Backend backend) {
        Random random = new Random(1);
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            backend.beginEntry();
            backend.put(Bucket.KEY, RevisionKey.of(2 + i, 0), value);
            backend.endEntry(i + 1, 1);
        }
    }

    private CompletableFuture<StoreSnapshot> make() {
        return make(() -> false);
    }

    private CompletableFuture<StoreSnapshot> make(BooleanSupplier unwanted) {
        return maker.make(this::present, unwanted).toCompletableFuture();
    }

    private static byte[] read(StoreSnapshot snapshot) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) snapshot.sizeBytes());
        while (all.hasRemaining()) {
            ByteBuffer part = snapshot.next(READ_BYTES);
            assertThat(part.remaining()).isEqualTo(Math.min(READ_BYTES, all.remaining()));
            all.put(part);
        }
        assertThat(snapshot.next(READ_BYTES).hasRemaining()).isFalse();
        return all.array();
    }

    /** With a limit of nothing, all goes to the file but what the reader was given at first. */
    private SnapshotMaker impatient() {
        return new SnapshotMaker(new StoreFiles(directory.resolve("store.mdb"), usableBytes::get), STEPS, OPTIONS, 0);
    }

    @Test
    void aReaderWhoFallsBehindGetsTheSameBytesFromAFile() throws Exception {
        fill(store);
        byte[] inMemory;
        try (StoreSnapshot snapshot = make().join()) {
            inMemory = read(snapshot);
        }
        SnapshotMaker maker = impatient();
        StoreSnapshot snapshot =
                maker.make(this::present, () -> false).toCompletableFuture().join();
        // The next one's turn comes when nothing of this one is left to be made, though none of it has been read.
        AtomicInteger openReads = new AtomicInteger(-1);
        maker.make(
                        () -> {
                            openReads.set(store.openReads());
                            return present();
                        },
                        () -> false)
                .toCompletableFuture()
                .join()
                .close();
        assertThat(openReads).hasValue(0);

        assertThat(read(snapshot)).isEqualTo(inMemory);
        maker.close();
        assertThatThrownBy(() -> snapshot.next(1)).isInstanceOf(StoreSnapshotException.class);
        assertThat(files()).doesNotContain("store.mdb.snapshot");
        assertThat(maker.progress()).isEqualTo(CopyProgress.NONE);
    }

    @Test
    void withoutRoomForAFileTheReaderIsWaitedFor() throws Exception {
        fill(store);
        byte[] inMemory;
        try (StoreSnapshot snapshot = make().join()) {
            inMemory = read(snapshot);
        }
        usableBytes.set(STEPS.reserveBytes() + VALUE_BYTES);
        try (SnapshotMaker maker = impatient();
                StoreSnapshot snapshot = maker.make(this::present, () -> false)
                        .toCompletableFuture()
                        .join()) {
            assertThat(snapshot.sizeBytes()).isEqualTo(inMemory.length);
            assertThat(read(snapshot)).isEqualTo(inMemory);
        }
    }

    @Test
    void evenWithoutAFileThereMustBeSpaceForWhatTheMemberWrites() throws Exception {
        fill(store);
        usableBytes.set(STEPS.reserveBytes() - 1);
        assertThatThrownBy(() -> make().join())
                .hasCauseInstanceOf(StoreSnapshotException.class)
                .hasMessageContaining("not enough space left on the disk");

        usableBytes.set(STEPS.reserveBytes());
        try (StoreSnapshot snapshot = make().join()) {
            usableBytes.set(STEPS.reserveBytes() / 2 - 1);
            assertThatThrownBy(() -> read(snapshot))
                    .isInstanceOf(StoreSnapshotException.class)
                    .hasMessageContaining("not enough space left on the disk");
        }
        usableBytes.set(Long.MAX_VALUE);
        make().join().close();
    }

    /** Else whoever waits behind it would wait for ever. */
    @Test
    void whatIsNotWantedAnyMoreIsNotMadeForAReaderWhoRests() throws Exception {
        fill(store);
        usableBytes.set(STEPS.reserveBytes());
        AtomicBoolean gone = new AtomicBoolean();
        StoreSnapshot abandoned = make(gone::get).join();
        CompletableFuture<StoreSnapshot> next = make();
        gone.set(true);

        try (StoreSnapshot snapshot = next.join()) {
            assertThat(read(snapshot)).hasSize((int) snapshot.sizeBytes());
        }
        abandoned.close();
    }

    @Test
    void closingEndsOneThatIsBeingRead() {
        fill(store);
        usableBytes.set(STEPS.reserveBytes());
        StoreSnapshot snapshot = make().join();

        maker.close();

        assertThatThrownBy(() -> read(snapshot)).isInstanceOf(StoreSnapshotException.class);
        assertThatThrownBy(() -> make().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreSnapshotException.class);
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        fill(store);
        CountDownLatch asked = new CountDownLatch(4);
        AtomicLong seen = new AtomicLong();
        BooleanSupplier unwanted = () -> {
            asked.countDown();
            seen.accumulateAndGet(maker.progress().doneBytes(), Math::max);
            return false;
        };
        try (StoreSnapshot snapshot = make(unwanted).join()) {
            assertThat(read(snapshot)).hasSize((int) snapshot.sizeBytes());
            assertThat(asked.getCount()).isZero();
            assertThat(seen.get()).isBetween(1L, snapshot.sizeBytes());
        }
        maker.close(); // waits for its thread, which is a moment behind its snapshots
        assertThat(maker.progress()).isEqualTo(CopyProgress.NONE);
    }

    /** The store of another member, which has one record more. */
    private void replace() {
        Path other = directory.resolve("other.mdb");
        try (ReplaceableBackend leader = LmdbStore.open(other, OPTIONS)) {
            fill(leader);
            leader.beginEntry();
            leader.put(Bucket.KEY, RevisionKey.of(RECORDS + 2, 0), "more".getBytes(StandardCharsets.UTF_8));
            leader.endEntry(RECORDS + 1, 1);
            try (StoreImage image = leader.image().toCompletableFuture().join()) {
                Images.copy(image, store.incomingFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store.openIncoming().install(() -> {});
    }

    @Test
    void ofAStoreThatIsReplacedMeanwhileTheNewOneIsTaken() throws Exception {
        fill(store);
        AtomicInteger asked = new AtomicInteger();
        StoreSnapshot snapshot = maker.make(
                        () -> {
                            SnapshotMaker.Source found = present();
                            if (asked.getAndIncrement() == 0) {
                                replace(); // between finding the store and looking into it
                            }
                            return found;
                        },
                        () -> false)
                .toCompletableFuture()
                .join();
        try (snapshot) {
            byte[] all = read(snapshot);
            assertThat(new String(all, StandardCharsets.ISO_8859_1)).contains("more");
        }
        assertThat(files()).doesNotContain("store.mdb.snapshot");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}

package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.ALL;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static io.etcetera.mvcc.StoreFixture.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.backend.IncomingStore;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.schema.Bucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A leader's store, a follower's that is behind, and the copy of the one that takes the place of the other. */
@Timeout(300)
class StoreInstallTest {
    private static final BackendOptions OPTIONS =
            BackendOptions.DEFAULT.withFsync(false).withBatch(Duration.ofMillis(3), 50);

    private final Path leaderHome;
    private final Path followerHome;
    private ReplaceableBackend leader;
    private ReplaceableBackend follower;
    private StoreFixture leading;
    private StoreFixture following;

    StoreInstallTest(@TempDir Path directory) throws IOException {
        leaderHome = Files.createDirectory(directory.resolve("leader"));
        followerHome = Files.createDirectory(directory.resolve("follower"));
    }

    @BeforeEach
    void open() {
        leader = Backend.open(leaderHome.resolve("store.mdb"), OPTIONS);
        leading = new StoreFixture(leader, StoreFixture.QUICK);
        follower = Backend.open(followerHome.resolve("store.mdb"), OPTIONS);
        following = new StoreFixture(follower, StoreFixture.QUICK);
    }

    @AfterEach
    void close() {
        leading.close();
        following.close();
    }

    private static StoreImage image(ReplaceableBackend of) {
        return of.image().toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    /** Fetches the leader's store beside the follower's. */
    private StoreImage fetch() throws IOException {
        StoreImage image = image(leader);
        Images.copy(image, follower.incomingFile());
        return image;
    }

    private void install() throws IOException, InterruptedException {
        fetch().close();
        following.leases.clear();
        following.store.install(following.store.prepare(follower.openIncoming(), following.leases));
        following.index(follower.consistentIndex());
    }

    private static void apply(Workload workload, long to, StoreFixture kv) {
        while (kv.backend.consistentIndex() < to) {
            Workload.apply(workload.entry(kv.backend.consistentIndex() + 1), kv.backend, kv.store);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCopyIsTheStoreAsOfOneEntryWhateverIsWrittenMeanwhile(long seed) throws Exception {
        Workload workload = new Workload(new Random(seed), 3_000);
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> written = writer.submit(() -> apply(workload, workload.size(), leading));
            for (int i = 0; i < 4; i++) {
                long before = leader.consistentIndex();
                try (StoreImage image = image(leader)) {
                    assertThat(image.consistentIndex()).isBetween(before, leader.consistentIndex());
                    Path copy = Files.createDirectory(leaderHome.resolve("copy" + i))
                            .resolve("store.mdb");
                    Images.copy(image, copy);
                    checkCopy(copy, workload, image.consistentIndex());
                }
            }
            written.get();
        } finally {
            writer.shutdown();
        }
    }

    private static void checkCopy(Path copy, Workload workload, long index) throws RevisionException {
        try (StoreFixture kv = new StoreFixture(copy)) {
            assertThat(kv.backend.consistentIndex()).isEqualTo(index);
            StoreCheck check = new StoreCheck(kv, workload.modelAt(index));
            check.contentIsThatOfTheModel();
            kv.store.compactionsDone().toCompletableFuture().join();
            check.recordsAreThoseOfTheModel();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theNewContentTakesThePlaceOfTheOldAndTheLogGoesOn(long seed) throws Exception {
        Random random = new Random(seed);
        Workload workload = new Workload(random, 900);
        apply(workload, random.nextInt(200), following);
        for (int round = 1; round <= 2; round++) {
            long to = 300L * round;
            apply(workload, to, leading);
            install();
            assertThat(follower.consistentIndex()).isEqualTo(to);
            assertThat(follower.consistentTerm()).isEqualTo(workload.entry(to).term());
            new StoreCheck(following, workload.modelAt(to)).contentIsThatOfTheModel();
            apply(workload, to + 50, following);
        }
        apply(workload, workload.size(), following);
        following.store.compactionsDone().toCompletableFuture().join();
        following.store.defragment().toCompletableFuture().join();
        new StoreCheck(following, workload.modelAt(workload.size())).recordsAreThoseOfTheModel();
        following.close();
        assertThat(files(followerHome)).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
        follower = Backend.open(followerHome.resolve("store.mdb"), OPTIONS);
        following = new StoreFixture(follower, StoreFixture.QUICK);
        new StoreCheck(following, workload.modelAt(workload.size())).contentIsThatOfTheModel();
    }

    private static List<String> files(Path home) throws IOException {
        try (var files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** All keys have one value at each revision, so a reader that mixes two contents shows it. */
    @Test
    void readersGoOnThroughInstallations() throws Exception {
        rewrite(leading, 2);
        rewrite(following, 2);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong lowest = new AtomicLong();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        List<Future<Long>> reads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reads.add(readers.submit(() -> read(done, lowest)));
        }
        try {
            for (long revision = 3; revision < 300; revision++) {
                rewrite(leading, revision);
                if (revision % 20 == 0) {
                    leading.startCompaction(revision - 5);
                    install();
                    lowest.set(revision);
                    following.backend.defragment();
                }
            }
        } finally {
            done.set(true);
            readers.shutdown();
        }
        for (Future<Long> read : reads) {
            assertThat(read.get()).isPositive();
        }
    }

    private static void rewrite(StoreFixture kv, long revision) {
        kv.write(txn -> {
            for (int i = 0; i < 20; i++) {
                txn.put(bytes("key" + i), bytes("v" + revision), 0);
            }
            return txn.revision();
        });
    }

    private long read(AtomicBoolean done, AtomicLong lowest) throws RevisionException {
        long reads = 0;
        while (!done.get() || reads == 0) {
            long atLeast = lowest.get();
            RangeResult result = following.read(ALL, 0);
            assertThat(result.revision()).isGreaterThanOrEqualTo(atLeast);
            assertThat(result.kvs()).hasSize(20).allSatisfy(kv -> {
                assertThat(kv.modRevision()).isEqualTo(result.revision());
                assertThat(kv.decode().getValue().toStringUtf8()).isEqualTo("v" + result.revision());
            });
            reads++;
        }
        return reads;
    }

    @Test
    void aViewOfTheOldContentStaysAsItIsAndDoesNotHoldUpTheNewOne() throws Exception {
        following.put("old", "1");
        follower.commit().toCompletableFuture().join();
        leading.put("a", "1");
        leading.put("b", "2");
        try (CommittedView view = follower.committed()) {
            install();
            assertThat(following.show(ALL, 0)).hasSize(2);
            List<Integer> keys = new ArrayList<>();
            view.scan(Bucket.KEY, (key, value) -> keys.add(key.length()));
            assertThat(keys).hasSize(1);
        }
    }

    @Test
    void whoWaitsForACompactionWaitsForThatOfTheNewContent() throws Exception {
        KvStoreOptions slow = KvStoreOptions.DEFAULT.withCompaction(1, Duration.ofDays(1));
        following.close();
        follower = Backend.open(followerHome.resolve("store.mdb"), OPTIONS);
        following = new StoreFixture(follower, slow);
        for (StoreFixture each : List.of(leading, following)) {
            each.put("a", "1");
            each.put("a", "2");
            each.put("a", "3");
        }
        var compaction = following.startCompaction(3).toCompletableFuture();
        leading.compact(3);

        install();

        compaction.orTimeout(1, TimeUnit.MINUTES).join();
        assertThat(following.records()).containsExactly("3.0", "4.0");
    }

    @Test
    void watchersCatchUpFromTheNewContent() throws Exception {
        Watches watches = new Watches(following.store.watchHub());
        for (StoreFixture each : List.of(leading, following)) {
            each.put("a", "2");
            each.put("a", "3");
        }
        long synced = watches.watch("a", 0);
        long fromTheStart = watches.watch("a", 2);
        long future = watches.watch("a", 6);
        long other = watches.watch("b", 0);
        watches.awaitBatches(fromTheStart, 1);
        leading.put("a", "4");
        leading.put("a", "5");
        leading.put("a", "6");

        install();
        following.put("a", "7");
        following.put("b", "8");

        watches.awaitRevision(synced, 7);
        watches.awaitRevision(fromTheStart, 7);
        watches.awaitRevision(future, 7);
        watches.awaitRevision(other, 8);
        assertThat(watches.revisions(synced)).containsExactly(4L, 5L, 6L, 7L);
        assertThat(watches.revisions(fromTheStart)).containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(watches.revisions(future)).containsExactly(6L, 7L);
        assertThat(watches.revisions(other)).containsExactly(8L);
    }

    @Test
    void aWatcherWhoseHistoryTheNewContentLacksIsToldSo() throws Exception {
        Watches watches = new Watches(following.store.watchHub());
        following.put("a", "2");
        long behind = watches.watch("a", 0);
        long ahead = watches.watch("a", 6);
        for (int i = 2; i <= 6; i++) {
            leading.put("a", Integer.toString(i));
        }
        leading.compact(5);

        install();

        watches.awaitRevision(ahead, 6);
        assertThat(watches.awaitCompacted(behind)).isEqualTo(5);
        assertThat(watches.revisions(behind)).isEmpty();
        assertThat(watches.revisions(ahead)).containsExactly(6L);
    }

    @Test
    void aDamagedCopyIsRefusedUnlessTheDamageIsInWhatNobodyReads() throws Exception {
        Workload workload = new Workload(new Random(5), 900);
        apply(workload, 100, following);
        apply(workload, workload.size(), leading);
        leading.store.compactionsDone().toCompletableFuture().join();
        fetch().close();
        byte[] good = Files.readAllBytes(follower.incomingFile());
        List<String> content = content(leader);
        Random random = new Random(6);
        int refusedFlips = 0;
        for (int i = 0; i < 100; i++) {
            boolean cut = i % 4 == 0;
            Files.write(
                    follower.incomingFile(),
                    cut ? Arrays.copyOf(good, random.nextInt(good.length)) : flip(good, random));
            try (IncomingStore incoming = follower.openIncoming()) {
                assertThat(cut).isFalse();
                assertThat(content(incoming.backend())).isEqualTo(content);
            } catch (CorruptStoreException e) {
                refusedFlips += cut ? 0 : 1;
            }
            assertThat(files(followerHome)).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
        }
        assertThat(refusedFlips).isPositive();
        assertThatThrownBy(follower::openIncoming).isInstanceOf(CorruptStoreException.class);
        new StoreCheck(following, workload.modelAt(100)).contentIsThatOfTheModel();
        Files.write(follower.incomingFile(), good);
        follower.openIncoming().close();
    }

    /** Changes a bit of a byte that is not 0: most of those that are stand in the unused part of a page. */
    private static byte[] flip(byte[] good, Random random) {
        byte[] bad = good.clone();
        int at;
        do {
            at = random.nextInt(bad.length);
        } while (bad[at] == 0);
        bad[at] ^= (byte) (1 << random.nextInt(8));
        return bad;
    }

    /** All that a store holds, each record held against its checksum. */
    private static List<String> content(Backend backend) {
        List<String> all = new ArrayList<>();
        for (Bucket bucket : Bucket.values()) {
            backend.forEach(
                    bucket,
                    (key, value) -> all.add(bucket + " " + HexFormat.of().formatHex(key) + "="
                            + HexFormat.of().formatHex(value)));
        }
        return all;
    }

    @Test
    void aCopyHasNoFreePages() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            leading.put("key-" + i % 50, "v".repeat(i % 100 == 0 ? 20_000 : 500));
        }
        leading.compact(2_000);
        leading.store.compactionsDone().toCompletableFuture().join();
        try (StoreImage image = fetch()) {
            assertThat(image.lengthBytes()).isLessThan(leader.sizeBytes() / 4);
            assertThat(follower.incomingFile()).hasSize(image.lengthBytes());
        }
        List<String> content = content(leader);
        try (IncomingStore incoming = follower.openIncoming()) {
            assertThat(content(incoming.backend())).isEqualTo(content);
            assertThat(incoming.backend().sizeInUseBytes())
                    .isEqualTo(incoming.backend().sizeBytes());
        }
    }

    @Test
    void aReaderOfACopyReadsOnWhenItIsClosedAndReplacedAndTheFileIsDefragmented() throws Exception {
        leading.put("a", "1");
        StoreImage first = image(leader);
        try (StoreImage.Reader reader = first.read()) {
            leading.put("a", "2");
            leader.defragment()
                    .toCompletableFuture()
                    .orTimeout(1, TimeUnit.MINUTES)
                    .join();
            StoreImage second = image(leader);
            assertThat(second.id()).isNotEqualTo(first.id());
            first.close();
            second.close();
            assertThatThrownBy(first::read).isInstanceOf(IOException.class);
            ByteBuffer all = ByteBuffer.allocate((int) first.lengthBytes());
            assertThat(reader.read(all)).isEqualTo(all.capacity());
            Files.write(follower.incomingFile(), all.array());
        }
        try (IncomingStore incoming = follower.openIncoming()) {
            assertThat(incoming.backend().consistentIndex()).isEqualTo(first.consistentIndex());
        }
        assertThat(leader.openReads()).isZero();
    }

    @Test
    void allReadersOfACopyAreGivenTheSameBytesWhateverIsWrittenMeanwhile() throws Exception {
        Workload workload = new Workload(new Random(9), 1_500);
        apply(workload, 500, leading);
        try (StoreImage image = image(leader)) {
            byte[] before = read(image);
            for (int index = 600; index <= workload.size(); index += 100) {
                apply(workload, index, leading);
                leader.commit().toCompletableFuture().join();
            }
            assertThat(read(image)).isEqualTo(before);
        }
    }

    private static byte[] read(StoreImage image) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) image.lengthBytes() + 1);
        try (StoreImage.Reader reader = image.read()) {
            reader.read(all);
        }
        assertThat(all.remaining()).isEqualTo(1);
        return all.array();
    }

    @Test
    void aStoreThatIsClosedEndsItsCopies() throws Exception {
        leading.put("a", "1");
        StoreImage image = image(leader);
        try (StoreImage.Reader reader = image.read()) {
            leading.close();
            assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(10)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("closed");
        }
        image.close();
        assertThatThrownBy(() -> image(leader))
                .hasRootCauseInstanceOf(StoreClosedException.class)
                .hasMessageContaining("for another member");
    }

    @Test
    void anUnwantedCopyLeavesNothing() throws Exception {
        leading.put("a", "1");
        fetch();
        following.store.prepare(follower.openIncoming(), new FakeLeases()).close();
        assertThat(files(followerHome)).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
        fetch();
        IncomingStore incoming = follower.openIncoming();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> following.store.prepare(incoming, new FakeLeases()))
                .isInstanceOf(InterruptedException.class);
        incoming.close();
        assertThat(following.show(range("a", ""), 0)).isEmpty();
    }
}

package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.ALL;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The copy of a leader's store that takes the place of a follower's. */
@Timeout(300)
class StoreInstallTest extends LeaderAndFollower {
    StoreInstallTest(@TempDir Path directory) throws IOException {
        super(directory);
    }

    private void install() throws IOException, InterruptedException {
        fetch().close();
        following.leases.clear();
        following.store.install(following.store.prepare(follower.openIncoming(), following.leases));
        following.index(follower.consistentIndex());
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
        follower = LmdbStore.open(followerHome.resolve("store.mdb"), OPTIONS);
        following = new StoreFixture(follower, StoreFixture.QUICK);
        new StoreCheck(following, workload.modelAt(workload.size())).contentIsThatOfTheModel();
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
        follower = LmdbStore.open(followerHome.resolve("store.mdb"), OPTIONS);
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
}

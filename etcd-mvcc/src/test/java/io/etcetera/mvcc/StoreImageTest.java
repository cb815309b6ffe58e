package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.IncomingStore;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.schema.Bucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The copy of a leader's store that another member is given. */
@Timeout(300)
class StoreImageTest extends LeaderAndFollower {
    StoreImageTest(@TempDir Path directory) throws IOException {
        super(directory);
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

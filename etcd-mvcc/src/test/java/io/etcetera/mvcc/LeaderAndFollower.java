package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.store.LmdbStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A leader's store, and a follower's that is behind. */
abstract class LeaderAndFollower {
    static final BackendOptions OPTIONS =
            BackendOptions.DEFAULT.withFsync(false).withBatch(Duration.ofMillis(3), 50);

    final Path leaderHome;
    final Path followerHome;
    ReplaceableBackend leader;
    ReplaceableBackend follower;
    StoreFixture leading;
    StoreFixture following;

    LeaderAndFollower(@TempDir Path directory) throws IOException {
        leaderHome = Files.createDirectory(directory.resolve("leader"));
        followerHome = Files.createDirectory(directory.resolve("follower"));
    }

    @BeforeEach
    void open() {
        leader = LmdbStore.open(leaderHome.resolve("store.mdb"), OPTIONS);
        leading = new StoreFixture(leader, StoreFixture.QUICK);
        follower = LmdbStore.open(followerHome.resolve("store.mdb"), OPTIONS);
        following = new StoreFixture(follower, StoreFixture.QUICK);
    }

    @AfterEach
    void close() {
        leading.close();
        following.close();
    }

    static StoreImage image(ReplaceableBackend of) {
        return of.image().toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    /** Fetches the leader's store beside the follower's. */
    StoreImage fetch() throws IOException {
        StoreImage image = image(leader);
        Images.copy(image, follower.incomingFile());
        return image;
    }

    static void apply(Workload workload, long to, StoreFixture kv) {
        while (kv.backend.consistentIndex() < to) {
            Workload.apply(workload.entry(kv.backend.consistentIndex() + 1), kv.backend, kv.store);
        }
    }

    static List<String> files(Path home) throws IOException {
        try (var files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}

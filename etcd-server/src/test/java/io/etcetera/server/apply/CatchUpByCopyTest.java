package io.etcetera.server.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member that has missed so much that the others have cut it from their logs. */
@Timeout(600)
class CatchUpByCopyTest {
    private static final int MISSED = 200;
    private static final KeyRange ALL = KeyRange.of(new byte[] {0}, new byte[] {0});

    @TempDir
    private Path directory;

    private static void write(CopyGroup group, String key, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            group.put(key, Integer.toString(i));
        }
    }

    private static List<String> everything(CopyGroup.Node node) {
        try {
            return node.store.range(ALL, RangeOptions.CURRENT).kvs().stream()
                    .map(kv -> kv.decode().toString())
                    .toList();
        } catch (RevisionException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitAlike(CopyGroup group, long id) throws Exception {
        CopyGroup.Node leader = group.awaitLeader();
        long revision = leader.store.currentRevision();
        CopyGroup.await(
                "member " + id + " to catch up", () -> group.node(id).store.currentRevision() >= revision);
        assertThat(everything(group.node(id))).isEqualTo(everything(leader));
        assertThat(group.node(id).store.hash(revision).hash())
                .isEqualTo(leader.store.hash(revision).hash());
    }

    private static long aFollower(CopyGroup group) throws InterruptedException {
        long leader = group.awaitLeader().id;
        return CopyGroup.IDS.stream().filter(id -> id != leader).findFirst().orElseThrow();
    }

    @Test
    void afterAStopTheLeadersStoreIsInstalledAndTheLogGoesOn() throws Exception {
        try (CopyGroup group = new CopyGroup(directory)) {
            write(group, "before", 5);
            long id = aFollower(group);
            group.stop(id);
            write(group, "missed", MISSED);
            group.start(id);
            write(group, "meanwhile", 10);
            awaitAlike(group, id);
            assertThat(group.copies).hasValueGreaterThan(0);
            group.stop(id);
            group.start(id);
            write(group, "after", 5);
            awaitAlike(group, id);
        }
    }

    @Test
    void aMemberThatHasLostItsDiskGetsAllOfIt() throws Exception {
        try (CopyGroup group = new CopyGroup(directory)) {
            write(group, "before", 5);
            long id = aFollower(group);
            group.stop(id);
            write(group, "missed", MISSED);
            delete(group.home(id));
            group.start(id);
            awaitAlike(group, id);
            assertThat(group.copies).hasValueGreaterThan(0);
        }
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void watchersOfAMemberThatWasCutOffMissNothing() throws Exception {
        try (CopyGroup group = new CopyGroup(directory)) {
            group.put("key", "first");
            long id = aFollower(group);
            awaitAlike(group, id);
            CopyGroup.Node follower = group.node(id);
            List<Long> seen = new CopyOnWriteArrayList<>();
            try (WatchStream stream = follower.store.watchHub().open(batch -> {
                batch.events().stream().map(WatchEvent::revision).forEach(seen::add);
                return true;
            })) {
                long first = follower.store.currentRevision() + 1;
                stream.start(stream.watch(new WatchRequest(
                        KeyRange.single("key".getBytes(UTF_8)), 0, WatchStream.AUTO_ID, false, false, false)));
                group.isolate(id);
                write(group, "key", MISSED);
                group.heal();
                write(group, "key", 5);
                awaitAlike(group, id);
                assertThat(group.copies).hasValueGreaterThan(0);
                long last = follower.store.currentRevision();
                CopyGroup.await("the last event", () -> seen.contains(last));
                assertThat(seen)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(first, last).boxed().toList());
            }
        }
    }
}

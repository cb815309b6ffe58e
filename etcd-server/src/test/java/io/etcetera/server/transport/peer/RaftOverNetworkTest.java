package io.etcetera.server.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.CommittedEntries;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.StateMachine;
import io.etcetera.raft.wal.WalListener;
import io.etcetera.server.transport.Fate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three real logs over real connections. */
@Timeout(300)
class RaftOverNetworkTest {
    private static final long LARGE = 1 << 20;
    private static final Duration ELECTION_TIMEOUT = Duration.ofMillis(400);

    @TempDir
    private Path directory;

    private final Map<Long, Log> logs = new TreeMap<>();

    /** One member: its log, its connections, and the numbers that its entries hold. */
    private final class Log implements AutoCloseable {
        private final BrokenWire wire = new BrokenWire();
        private final Numbers machine = new Numbers();
        private final TestPeer peer;
        private final RaftNode node;

        Log(TestPeers group, long id) throws IOException, RaftException {
            peer = group.start(id, wire);
            RaftConfig config = new RaftConfig(
                    id,
                    TestPeers.CLUSTER,
                    List.of(1L, 2L, 3L),
                    directory.resolve("m" + id),
                    Math.toIntExact(ELECTION_TIMEOUT.toMillis()),
                    Math.toIntExact(ELECTION_TIMEOUT.toMillis() / 10),
                    100_000,
                    50_000,
                    0,
                    0,
                    false);
            node = RaftNode.start(config, machine, WalListener.NONE, peer.peers);
            peer.serve(node.inbox());
        }

        @Override
        public void close() {
            node.close();
        }
    }

    /** Keeps the numbers that entries hold, in order. */
    private static final class Numbers implements StateMachine {
        private final List<Long> applied = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<RaftException> failure = new CompletableFuture<>();

        @Override
        public void apply(CommittedEntries entries) {
            while (entries.next()) {
                ByteBuffer data = entries.data();
                if (data.hasRemaining()) {
                    applied.add(data.getLong());
                }
            }
        }

        @Override
        public void leaderStarted(long term) {}

        @Override
        public void leaderStopped() {}

        @Override
        public void leaderChanged(long leaderId, long term) {}

        @Override
        public CompletionStage<Long> sync() {
            return new CompletableFuture<>(); // the log is never cut
        }

        @Override
        public void fetchState(long leaderId, long index) throws IOException {
            throw new IOException("the log is never cut");
        }

        @Override
        public long installState() {
            throw new IllegalStateException("nothing was fetched");
        }

        @Override
        public void failed(RaftException cause) {
            failure.complete(cause);
        }
    }

    private Optional<Log> leaderAmong(List<Long> ids) {
        return logs.entrySet().stream()
                .filter(entry -> ids.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .filter(log -> log.node.isLeader())
                .findFirst();
    }

    private Log awaitLeaderAmong(List<Long> ids) throws InterruptedException {
        while (true) {
            TestPeers.await("a leader among " + ids, () -> leaderAmong(ids).isPresent());
            Optional<Log> leader = leaderAmong(ids);
            if (leader.isPresent()) {
                return leader.get();
            }
        }
    }

    private static void propose(Log log, long number, long size) {
        byte[] data = ByteBuffer.allocate(Math.toIntExact(size)).putLong(number).array();
        log.node.propose(new Proposal() {
            @Override
            public byte[] data() {
                return data;
            }

            @Override
            public void failed(RaftException cause) {
                // The number is missed by whoever waits for it.
            }
        });
    }

    /** Writes through whoever leads until it has been applied there. */
    private void put(List<Long> ids, long number, long size) throws InterruptedException {
        TestPeers.await(number + " to be applied", () -> {
            try {
                Log leader = awaitLeaderAmong(ids);
                propose(leader, number, size);
                for (int i = 0; i < 200 && leader.node.isLeader(); i++) {
                    if (leader.machine.applied.contains(number)) {
                        return true;
                    }
                    Thread.sleep(5);
                }
                return leader.machine.applied.contains(number);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void agreesThroughALostLeaderAndLargeEntries() throws Exception {
        try (TestPeers group = new TestPeers(3, ELECTION_TIMEOUT)) {
            for (long id = 1; id <= 3; id++) {
                logs.put(id, new Log(group, id));
            }
            List<Long> all = List.of(1L, 2L, 3L);
            put(all, 1, Long.BYTES);
            for (long number = 2; number <= 12; number++) {
                put(all, number, LARGE);
            }
            Log lost = awaitLeaderAmong(all);
            List<Long> others = logs.entrySet().stream()
                    .filter(entry -> entry.getValue() != lost)
                    .map(Map.Entry::getKey)
                    .toList();
            lost.wire.fate = Fate.LOST;
            put(others, 100, Long.BYTES);
            assertThat(lost.machine.applied).doesNotContain(100L);
            lost.wire.fate = Fate.DELIVERED;
            put(all, 101, Long.BYTES);
            TestPeers.await(
                    "all to have the same",
                    () -> logs.values().stream()
                            .allMatch(log -> log.machine.applied.contains(101L)
                                    && log.machine.applied.equals(
                                            logs.values().iterator().next().machine.applied)));
            assertThat(lost.machine.applied).contains(1L, 12L, 100L, 101L);
            assertThat(logs.values()).allMatch(log -> !log.machine.failure.isDone());
            logs.values().forEach(Log::close);
        }
    }
}

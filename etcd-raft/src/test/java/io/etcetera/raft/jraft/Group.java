package io.etcetera.raft.jraft;

import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Several members in one process, on real files and a {@link MemoryNetwork}. One thread starts and stops members; others may
 * use them meanwhile.
 */
final class Group implements AutoCloseable {
    static final long ELECTION_TIMEOUT_MILLIS = 300;
    /** So long that no leader loses its office because the machine stands still for a while. */
    static final long CALM_ELECTION_TIMEOUT_MILLIS = 10_000;

    private static final long CLUSTER = 0x1c2d3e4f5a6b7c8dL;
    private static final long PATIENCE_SECONDS = 30;
    private static final long FIRST_ENTRY_STEP = 1_000_000_000L;

    final MemoryNetwork network;
    private final Path directory;
    private final List<Long> initialVoters;
    private final long snapshotCount;
    private final long electionTimeoutMillis;
    private final Map<Long, TestMachine> machines = new ConcurrentSkipListMap<>();
    private final Map<Long, RaftNode> nodes = new ConcurrentSkipListMap<>();
    private final Map<Long, LogGate> logs = new ConcurrentSkipListMap<>();

    Group(Path directory, long seed, long snapshotCount, Long... initialVoters) throws Exception {
        this(directory, seed, snapshotCount, ELECTION_TIMEOUT_MILLIS, initialVoters);
    }

    Group(Path directory, long seed, long snapshotCount, long electionTimeoutMillis, Long[] initialVoters)
            throws Exception {
        this.electionTimeoutMillis = electionTimeoutMillis;
        this.network = new MemoryNetwork(seed);
        this.directory = directory;
        this.snapshotCount = snapshotCount;
        this.initialVoters = List.of(initialVoters);
        for (long id : initialVoters) {
            start(id);
        }
    }

    /** A group in which member 1 leads until a test moves that: for what is not about losing a leader. */
    static Group calm(Path directory, long seed, long snapshotCount, Long... initialVoters) throws Exception {
        Group group = new Group(directory, seed, snapshotCount, CALM_ELECTION_TIMEOUT_MILLIS, initialVoters);
        group.node(1).campaign();
        group.awaitLeaderAmong(List.of(1L));
        return group;
    }

    /** Starts a member, for the first time or again on its files and its machine. */
    RaftNode start(long id) throws IOException, RaftException {
        return start(id, false);
    }

    /** The same, as the only voter from now on. */
    RaftNode startAlone(long id) throws IOException, RaftException {
        return start(id, true);
    }

    private RaftNode start(long id, boolean forceNewCluster) throws IOException, RaftException {
        TestMachine machine = machines.computeIfAbsent(id, this::newMachine);
        RaftConfig config = new RaftConfig(
                id,
                CLUSTER,
                initialVoters.contains(id) ? initialVoters : List.of(),
                directory.resolve("m" + id),
                electionTimeoutMillis,
                electionTimeoutMillis / 10,
                snapshotCount,
                snapshotCount / 2,
                machine.appliedIndex,
                machine.appliedTerm,
                forceNewCluster,
                false);
        RaftNode node = RaftNode.start(config, machine, log(id), network.of(id));
        nodes.put(id, node);
        network.connect(id, node.inbox());
        return node;
    }

    private TestMachine newMachine(long id) {
        TestMachine machine = new TestMachine();
        machine.nextId.set(id * FIRST_ENTRY_STEP);
        machine.others = other -> Objects.requireNonNull(machines.get(other));
        return machine;
    }

    /** Gives a stopped member a state machine that has applied nothing yet. */
    void forgetState(long id) {
        machines.put(id, newMachine(id));
    }

    void stop(long id) {
        network.disconnect(id);
        log(id).open(); // a member waits for its disk before it ends
        Objects.requireNonNull(nodes.remove(id)).close();
    }

    List<Long> running() {
        return List.copyOf(nodes.keySet());
    }

    RaftNode node(long id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    TestMachine machine(long id) {
        return Objects.requireNonNull(machines.get(id));
    }

    /** What a member writes, which can be held up. */
    LogGate log(long id) {
        return logs.computeIfAbsent(id, any -> new LogGate());
    }

    void openLogs() {
        logs.values().forEach(LogGate::open);
    }

    /** The member that leads, as soon as there is one and it knows. */
    long awaitLeader() throws Exception {
        return awaitLeaderAmong(nodes.keySet());
    }

    /** The same, among some; of several who think so, the one in the highest term. */
    long awaitLeaderAmong(Collection<Long> ids) throws Exception {
        AtomicLong found = new AtomicLong();
        await("a leader among " + ids, () -> {
            long leader = leaderAmong(ids);
            found.set(leader);
            return leader != 0;
        });
        return found.get();
    }

    /** 0 if there is none. */
    private long leaderAmong(Collection<Long> ids) {
        return ids.stream()
                .filter(id -> node(id).isLeader())
                .max(Comparator.comparingLong(id -> node(id).term()))
                .orElse(0L);
    }

    /** Writes an entry through whoever leads, trying again until it is applied there; its number. */
    long put() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            long leader = awaitLeader();
            TestMachine machine = machine(leader);
            try {
                machine.propose(node(leader), Long.BYTES).get(ELECTION_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
                return leader;
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("nothing could be written", e);
                }
            }
        }
    }

    static CompletableFuture<Long> read(RaftNode node) {
        CompletableFuture<Long> read = new CompletableFuture<>();
        node.readIndex(new ReadIndexCallback() {
            @Override
            public void ready(long index) {
                read.complete(index);
            }

            @Override
            public void failed(RaftException cause) {
                read.completeExceptionally(cause);
            }
        });
        return read;
    }

    /** Waits until all running members have applied the same, and as much as {@code id}. */
    void awaitAllLike(long id) throws Exception {
        TestMachine like = machine(id);
        try {
            await(
                    "all members to have the entries of " + id,
                    () -> nodes.keySet().stream()
                            .allMatch(other -> machine(other).appliedIndex >= like.appliedIndex
                                    && machine(other).appliedSoFar().equals(like.appliedSoFar())));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + states(), e);
        }
    }

    private String states() {
        return nodes.entrySet().stream()
                .map(entry -> "%d follows %d in term %d, has committed %d and applied %d"
                        .formatted(
                                entry.getKey(),
                                entry.getValue().leaderId(),
                                entry.getValue().term(),
                                entry.getValue().committedIndex(),
                                machine(entry.getKey()).appliedIndex))
                .collect(Collectors.joining("; "));
    }

    static void await(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        openLogs();
        List.copyOf(nodes.keySet()).forEach(this::stop);
    }
}

package io.etcetera.raft.jraft;

import io.etcetera.raft.CommittedEntries;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A state machine in memory that keeps every entry in order, and a proposer that waits for its own entries. It outlives
 * nodes, so a restart is a new node on the same machine.
 */
final class TestMachine implements StateMachine {
    private static final int ID_BYTES = Long.BYTES;

    final List<Long> applied = Collections.synchronizedList(new ArrayList<>());
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<RaftException> failed = new CompletableFuture<>();
    final AtomicLong failures = new AtomicLong();
    final AtomicLong applyCalls = new AtomicLong();
    final AtomicLong replayed = new AtomicLong();
    final AtomicLong syncCalls = new AtomicLong();
    private final ConcurrentHashMap<Long, CompletableFuture<Long>> waiting = new ConcurrentHashMap<>();
    /** The next entry's number; members of one group begin at different ones. */
    final AtomicLong nextId = new AtomicLong(1);

    private volatile CountDownLatch leading = new CountDownLatch(1);
    volatile long appliedIndex;
    volatile long appliedTerm;
    volatile long durableIndex;
    volatile boolean syncs = true;

    /** What {@link #needsLog} answers. */
    volatile boolean needsLog;

    volatile @Nullable Consumer<CommittedEntries> onEntry;

    @Override
    public void apply(CommittedEntries entries) {
        applyCalls.incrementAndGet();
        while (entries.next()) {
            Consumer<CommittedEntries> hook = onEntry;
            if (hook != null) {
                hook.accept(entries);
            }
            if (entries.index() <= appliedIndex) {
                replayed.incrementAndGet();
                continue;
            }
            if (entries.index() != appliedIndex + 1) {
                throw new IllegalStateException("entry " + entries.index() + " after " + appliedIndex);
            }
            ByteBuffer data = entries.data();
            long id = 0;
            synchronized (this) { // a copy is one moment's
                if (data.hasRemaining()) {
                    id = data.getLong();
                    applied.add(id);
                }
                appliedTerm = entries.term();
                appliedIndex = entries.index();
            }
            CompletableFuture<Long> waiter = waiting.remove(id);
            if (waiter != null) {
                waiter.complete(entries.index());
            }
        }
    }

    /** Proposes an entry of {@code size} bytes; completes with its index when it has been applied. */
    CompletableFuture<Long> propose(RaftNode node, int size) {
        long id = nextId.getAndIncrement();
        CompletableFuture<Long> done = new CompletableFuture<>();
        waiting.put(id, done);
        byte[] data = ByteBuffer.allocate(Math.max(size, ID_BYTES)).putLong(id).array();
        node.propose(new Proposal() {
            @Override
            public byte[] data() {
                return data;
            }

            @Override
            public void failed(RaftException cause) {
                waiting.remove(id);
                done.completeExceptionally(cause);
            }
        });
        return done;
    }

    long put(RaftNode node) throws Exception {
        return propose(node, ID_BYTES).get(20, TimeUnit.SECONDS);
    }

    /**
     * Puts until the log has been cut. Cuts run beside the apply thread, however long that takes; entries go with the
     * second one, which has been made when a third is under way.
     */
    void putUntilTheLogIsCut(RaftNode node) throws Exception {
        long enough = syncCalls.get() + 3;
        while (syncCalls.get() < enough) {
            put(node);
        }
    }

    /** Why a proposal or a read failed; it is an error if it did not. */
    static RaftException.Kind kindOf(CompletableFuture<Long> answer) throws Exception {
        try {
            throw new AssertionError("went through: " + answer.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RaftException cause) {
                return cause.kind();
            }
            throw e;
        }
    }

    void awaitLeading() throws InterruptedException {
        if (!leading.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("no leader: " + events);
        }
    }

    /** To be called before a node is started on this machine. */
    void expectNewLeader() {
        leading = new CountDownLatch(1);
    }

    @Override
    public void leaderStarted(long term) {
        events.add("started " + term);
        leading.countDown();
    }

    @Override
    public void leaderStopped() {
        events.add("stopped");
    }

    @Override
    public void leaderChanged(long leaderId, long term) {
        events.add("leader " + leaderId + " in " + term);
    }

    @Override
    public boolean needsLog() {
        return needsLog;
    }

    @Override
    public CompletionStage<Long> sync() {
        syncCalls.incrementAndGet();
        if (!syncs) {
            return new CompletableFuture<>();
        }
        durableIndex = appliedIndex;
        return CompletableFuture.completedFuture(durableIndex);
    }

    /** Where {@link #fetchState} finds the other members' machines, by member ID. */
    volatile Function<Long, TestMachine> others = id -> {
        throw new IllegalStateException("nobody to fetch from");
    };

    final AtomicLong installations = new AtomicLong();
    private @Nullable Copy fetched;

    private record Copy(List<Long> applied, long index, long term) {}

    @Override
    public void fetchState(long leaderId, long index) throws IOException {
        Copy copy = others.apply(leaderId).copy();
        if (copy.index() < index) {
            throw new IOException("the leader has only " + copy.index());
        }
        fetched = copy;
    }

    /** What has been applied by now, which later entries do not change. */
    synchronized List<Long> appliedSoFar() {
        return List.copyOf(applied);
    }

    private synchronized Copy copy() {
        return new Copy(appliedSoFar(), appliedIndex, appliedTerm);
    }

    @Override
    public long installState() {
        Copy copy = Objects.requireNonNull(fetched);
        installations.incrementAndGet();
        if (copy.index() > appliedIndex) {
            synchronized (this) {
                applied.clear();
                applied.addAll(copy.applied());
                appliedIndex = copy.index();
                appliedTerm = copy.term();
            }
        }
        durableIndex = appliedIndex;
        return appliedIndex;
    }

    @Override
    public void failed(RaftException cause) {
        failures.incrementAndGet();
        failed.complete(cause);
    }
}

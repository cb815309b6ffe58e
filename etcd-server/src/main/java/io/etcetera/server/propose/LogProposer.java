package io.etcetera.server.propose;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proposer of a member. Thread-safe; its timer is {@link #tick()}.
 *
 * <p>A call is in {@code waiting} from before the log sees it until its one answer, whichever comes first: applied,
 * failed, timed out, stopped. Whoever takes it out of the map gives that answer. While there is no leader to take it, it
 * is also parked, in order, and offered again as soon as this member leads.
 */
public final class LogProposer implements Proposer, Completions, LeadershipListener, AutoCloseable {
    /** Committed entries that may wait to be applied before new requests are turned away. */
    static final long MAX_UNAPPLIED_ENTRIES = 5_000;

    private static final Logger log = LoggerFactory.getLogger(LogProposer.class);

    private final ProposerOptions options;
    private final LongSupplier appliedIndex;
    private final TimeSource time;
    private final RequestIds ids;
    private final ConcurrentMap<Long, WaitingCall> waiting = new ConcurrentHashMap<>();
    private final ParkedCalls parked = new ParkedCalls();

    private volatile @Nullable RaftNode raft;
    private volatile @Nullable Long leaderElectedNanos;
    private volatile boolean closed;

    public LogProposer(ProposerOptions options, LongSupplier appliedIndex, TimeSource time) {
        this.options = options;
        this.appliedIndex = appliedIndex;
        this.time = time;
        this.ids = new RequestIds(options.memberId(), time);
    }

    /** Says where the log is. What was proposed before waits as if there were no leader. */
    public void attach(RaftNode node) {
        raft = node;
        if (node.isLeader()) {
            offerParked();
        }
    }

    @Override
    public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
        RaftNode node = raft;
        if (node != null && node.committedIndex() - appliedIndex.getAsLong() > MAX_UNAPPLIED_ENTRIES) {
            callback.failed(new EtcdException(EtcdError.TOO_MANY_REQUESTS));
            return;
        }
        long id = ids.next();
        request.getHeaderBuilder().setID(id);
        if (request.hasLeaseGrant() && request.getLeaseGrant().getID() == 0) {
            // Chosen here and not at apply, where every member must do the same.
            request.getLeaseGrantBuilder().setID(ids.nextLeaseId());
        }
        byte[] data = request.build().toByteArray();
        if (data.length > options.maxRequestBytes()) {
            callback.failed(new EtcdException(EtcdError.REQUEST_TOO_LARGE));
            return;
        }
        WaitingCall call = new WaitingCall(id, data, callback, time.nanoTime());
        waiting.put(id, call);
        if (closed) {
            // Either this or close() finds it in the map.
            call.fail(EtcdError.STOPPED);
            return;
        }
        offer(call);
    }

    private void offer(WaitingCall call) {
        RaftNode node = raft;
        if (node == null) {
            park(call);
        } else {
            node.propose(call);
        }
    }

    private void park(WaitingCall call) {
        if (!parked.add(call)) {
            call.fail(EtcdError.TOO_MANY_REQUESTS);
        }
    }

    @Override
    public void completed(long requestId, Message response) {
        WaitingCall call = waiting.remove(requestId);
        if (call == null) {
            return;
        }
        try {
            call.callback.completed(response);
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a callback threw; the request itself was applied");
        }
    }

    @Override
    public void failed(long requestId, EtcdException error) {
        WaitingCall call = waiting.remove(requestId);
        if (call == null) {
            return;
        }
        try {
            call.callback.failed(error);
        } catch (RuntimeException e) {
            log.atError().setCause(e).addKeyValue("error", error.getMessage()).log("a callback threw on an error");
        }
    }

    @Override
    public void leaderStarted() {
        offerParked();
    }

    @Override
    public void leaderChanged(long leaderId) {
        if (leaderId != 0) {
            leaderElectedNanos = time.nanoTime();
        }
    }

    /**
     * Ends calls that have waited too long, and offers parked ones again. To be called every 100 ms or so, from one
     * thread: one sweep over all calls is cheaper than a timer for each.
     */
    public void tick() {
        long now = time.nanoTime();
        long timeoutNanos = options.requestTimeout().toNanos();
        for (WaitingCall call : waiting.values()) {
            if (now - call.startNanos >= timeoutNanos) {
                call.fail(timeoutError(call));
            }
        }
        parked.removeIf(call -> !waiting.containsKey(call.id));
        RaftNode node = raft;
        if (node != null && node.isLeader()) {
            offerParked();
        }
    }

    private void offerParked() {
        for (WaitingCall call : parked.takeAll()) {
            if (waiting.containsKey(call.id)) {
                offer(call);
            }
        }
    }

    private EtcdError timeoutError(WaitingCall call) {
        if (call.parked) {
            return EtcdError.DEADLINE_EXCEEDED;
        }
        Long elected = leaderElectedNanos;
        if (elected != null) {
            // A call made shortly before an election went, most likely, to the leader that was lost.
            long beforeElection = elected - call.startNanos;
            if (beforeElection >= 0
                    && beforeElection <= 2 * options.electionTimeout().toNanos()) {
                return EtcdError.TIMEOUT_DUE_TO_LEADER_FAIL;
            }
        }
        return EtcdError.TIMEOUT;
    }

    /** Answers STOPPED to every call that waits, and to those to come. Idempotent. */
    @Override
    public void close() {
        closed = true;
        for (WaitingCall call : waiting.values()) {
            call.fail(EtcdError.STOPPED);
        }
        parked.takeAll();
    }

    /** A call between {@link #propose} and its answer. */
    final class WaitingCall implements Proposal {
        private final long id;
        private final byte[] data;
        private final ResultCallback<Message> callback;
        private final long startNanos;

        /** Whether the log has not taken it yet. Written by {@link ParkedCalls} under its lock. */
        volatile boolean parked;

        WaitingCall(long id, byte[] data, ResultCallback<Message> callback, long startNanos) {
            this.id = id;
            this.data = data;
            this.callback = callback;
            this.startNanos = startNanos;
        }

        @Override
        public byte[] data() {
            return data;
        }

        @Override
        public void failed(RaftException cause) {
            switch (LogRefusal.of(cause)) {
                case NOT_TAKEN -> park(this);
                case BUSY -> fail(EtcdError.TOO_MANY_REQUESTS);
                case STOPPED -> fail(EtcdError.STOPPED);
                case UNDECIDED ->
                    log.atDebug()
                            .addKeyValue("request-id", Long.toUnsignedString(id))
                            .log("fate of a proposal is unknown; waiting for it to be applied");
            }
        }

        void fail(EtcdError error) {
            LogProposer.this.failed(id, new EtcdException(error));
        }
    }
}

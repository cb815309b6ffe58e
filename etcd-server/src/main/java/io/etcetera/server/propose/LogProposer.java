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
import io.etcetera.server.metrics.RequestMetrics;
import io.etcetera.server.text.RequestNames;
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
 * failed, timed out, stopped. Whoever takes it out of the map gives that answer. Beside that, it is in one of three
 * places: taken by this member's log, forwarded to the leader, or parked until there is a leader to take it. It is parked
 * only if no log can have taken it, and offered only from there, so that it is never in the log twice.
 */
public final class LogProposer implements Proposer, Completions, RefusalListener, LeadershipListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LogProposer.class);

    private final ProposerOptions options;
    private final ApplyLag lag;
    private final TimeSource time;
    private final RequestMetrics metrics;
    private final RequestIds ids;
    private final TimeoutCauses timeoutCauses;
    private final ConcurrentMap<Long, WaitingCall> waiting = new ConcurrentHashMap<>();
    private final ParkedCalls parked = new ParkedCalls();
    private final ForwardedCalls forwarded = new ForwardedCalls();

    private volatile @Nullable Route route;
    private volatile boolean closed;

    public LogProposer(ProposerOptions options, LongSupplier appliedIndex, TimeSource time, RequestMetrics metrics) {
        this.metrics = metrics;
        this.options = options;
        this.lag = new ApplyLag(appliedIndex);
        this.time = time;
        this.ids = new RequestIds(options.memberId(), time);
        this.timeoutCauses = new TimeoutCauses(options);
    }

    /** As {@link #attach(RaftNode, EntryForwarder, Reachability)}, for a member without peers. */
    public void attach(RaftNode node) {
        attach(node, EntryForwarder.NONE, Reachability.ALONE);
    }

    /** Says where the logs are. What was proposed before waits as if there were no leader. */
    public void attach(RaftNode node, EntryForwarder forwarder, Reachability reachability) {
        route = new Route(node, forwarder, reachability);
        offerParked();
    }

    @Override
    public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
        propose(request, callback, true);
    }

    /**
     * A proposer for what is up to the leader alone: requests that this member's log does not take, because another one
     * leads or nobody, fail with NOT_LEADER at once.
     */
    public Proposer whileLeading() {
        return (request, callback) -> propose(request, callback, false);
    }

    private void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback, boolean anyLeader) {
        Route to = route;
        if (to != null && lag.isTooLong(to.raft)) {
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
        WaitingCall call = new WaitingCall(id, data, RequestNames.of(request), callback, time.nanoTime(), anyLeader);
        waiting.put(id, call);
        if (closed) {
            // Either this or close() finds it in the map.
            call.fail(EtcdError.STOPPED);
            return;
        }
        offer(call);
    }

    /** To this member's log first, which knows best whether this member leads. */
    private void offer(WaitingCall call) {
        Route to = route;
        if (to == null) {
            notTaken(call, 0);
        } else {
            to.raft.propose(call);
        }
    }

    /** This member's log has not taken it. */
    private void notTakenHere(WaitingCall call) {
        Route to = route;
        long leader = to == null ? 0 : to.raft.leaderId();
        if (to == null || !call.anyLeader || leader == 0 || leader == options.memberId()) {
            notTaken(call, leader);
            return;
        }
        call.leaderKnown = true;
        if (!forwarded.add(call)) {
            park(call);
        } else if (!waiting.containsKey(call.id)) {
            forwarded.take(call.id);
        } else if (!to.forwarder.forward(leader, call.id, call.data) && forwarded.take(call.id) != null) {
            park(call);
        }
    }

    private void notTaken(WaitingCall call, long leader) {
        if (!call.anyLeader) {
            call.fail(EtcdError.NOT_LEADER);
            return;
        }
        if (leader != 0) {
            call.leaderKnown = true;
        }
        park(call);
    }

    private void park(WaitingCall call) {
        if (!parked.add(call)) {
            call.fail(EtcdError.TOO_MANY_REQUESTS);
        }
    }

    /** The leader's word on an entry that was forwarded to it. */
    @Override
    public void refused(long requestId, LogRefusal refusal) {
        WaitingCall call = forwarded.take(requestId);
        if (call == null) {
            return;
        }
        switch (refusal) {
            case NOT_TAKEN -> park(call);
            case BUSY -> call.fail(EtcdError.TOO_MANY_REQUESTS);
            // It is the leader that stops, and the next one may find the entry in its log.
            case UNDECIDED, STOPPED -> call.undecided();
        }
    }

    private @Nullable WaitingCall take(long requestId) {
        WaitingCall call = waiting.remove(requestId);
        if (call != null) {
            forwarded.take(requestId);
        }
        return call;
    }

    @Override
    public void completed(long requestId, Message response) {
        WaitingCall call = take(requestId);
        if (call == null) {
            return;
        }
        call.answered(true);
        try {
            call.callback.completed(response);
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a callback threw; the request itself was applied");
        }
    }

    @Override
    public void failed(long requestId, EtcdException error) {
        // It was refused by the state, and nothing is wrong with the way there.
        failed(requestId, error, true);
    }

    private void failed(long requestId, EtcdException error, boolean applied) {
        WaitingCall call = take(requestId);
        if (call == null) {
            return;
        }
        call.answered(applied);
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
            timeoutCauses.leaderElected(time.nanoTime());
            offerParked();
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
                metrics.proposalFailed();
                call.fail(timeoutError(call));
            }
        }
        parked.removeIf(call -> !waiting.containsKey(call.id));
        forwarded.removeIf(call -> !waiting.containsKey(call.id));
        offerParked();
    }

    /** How many calls wait to be applied. */
    public int waiting() {
        return waiting.size();
    }

    private void offerParked() {
        Route to = route;
        if (to == null || to.raft.leaderId() == 0) {
            return;
        }
        for (WaitingCall call : parked.takeAll()) {
            if (waiting.containsKey(call.id)) {
                offer(call);
            }
        }
    }

    private EtcdError timeoutError(WaitingCall call) {
        Route to = route;
        if (to == null || (call.parked && !call.leaderKnown)) {
            return EtcdError.DEADLINE_EXCEEDED;
        }
        return timeoutCauses.of(call.startNanos, to.raft.leaderId(), to.reachability);
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

    /**
     * Where entries go from here.
     *
     * @param raft this member's log
     * @param forwarder the way to the logs of others
     * @param reachability of those others
     */
    private record Route(RaftNode raft, EntryForwarder forwarder, Reachability reachability) {}

    /** A call between {@link #propose} and its answer. */
    final class WaitingCall implements Proposal {
        private final long id;
        private final byte[] data;
        private final String type;
        private final ResultCallback<Message> callback;
        private final long startNanos;

        /** Whether the log of any leader will do, or only that of this member. */
        private final boolean anyLeader;

        /** Whether a leader was known at some time when the call was offered. */
        private volatile boolean leaderKnown;

        /** Whether no log has taken it yet. Written by {@link ParkedCalls} under its lock. */
        volatile boolean parked;

        WaitingCall(
                long id,
                byte[] data,
                String type,
                ResultCallback<Message> callback,
                long startNanos,
                boolean anyLeader) {
            this.id = id;
            this.data = data;
            this.type = type;
            this.callback = callback;
            this.startNanos = startNanos;
            this.anyLeader = anyLeader;
        }

        long id() {
            return id;
        }

        @Override
        public byte[] data() {
            return data;
        }

        @Override
        public void failed(RaftException cause) {
            switch (LogRefusal.of(cause)) {
                case NOT_TAKEN -> notTakenHere(this);
                case BUSY -> fail(EtcdError.TOO_MANY_REQUESTS);
                case STOPPED -> fail(EtcdError.STOPPED);
                case UNDECIDED -> undecided();
            }
        }

        void answered(boolean applied) {
            metrics.answered(type, applied, time.nanoTime() - startNanos);
        }

        void undecided() {
            log.atDebug()
                    .addKeyValue("request-id", Long.toUnsignedString(id))
                    .log("fate of a proposal is unknown; waiting for it to be applied");
        }

        void fail(EtcdError error) {
            LogProposer.this.failed(id, new EtcdException(error), false);
        }
    }
}

package io.etcetera.server.apply;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.raft.CommittedEntries;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.StateMachine;
import io.etcetera.server.DeepStack;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.metrics.RequestWatch;
import io.etcetera.server.propose.Completions;
import io.etcetera.server.read.AppliedIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log drives: takes each committed entry into the member's state, and then answers whoever waits for it.
 *
 * <p>Apply thread only. Everything that one entry changes becomes durable together with the entry's index, so that after
 * a restart each entry has happened exactly once. A fault in here is fatal: the entry is left unfinished and the member
 * stops, because going on would make its state differ from the others'.
 */
public final class MemberStateMachine implements StateMachine {
    private static final Logger log = LoggerFactory.getLogger(MemberStateMachine.class);

    private final Backend backend;
    private final Applier chain;
    private final Completions completions;
    private final AppliedIndex applied;
    private final StateInstallation installation;
    private final BooleanSupplier givesCopies;
    private final List<LeadershipListener> leadership;
    private final LeaderLog leaderLog;
    private final Consumer<RaftException> onFailure;
    private final RequestWatch watch;

    /**
     * @param parts what requests act on
     * @param completions told the result of each request
     * @param applied moved on after each entry
     * @param installation puts another member's state in the place of this one's
     * @param givesCopies whether others are being given copies of the state
     * @param leadership told who leads, in this order
     * @param onFailure told once that the member cannot go on; from any thread, must not block
     */
    public MemberStateMachine(
            ApplyParts parts,
            Completions completions,
            AppliedIndex applied,
            StateInstallation installation,
            BooleanSupplier givesCopies,
            List<LeadershipListener> leadership,
            Consumer<RaftException> onFailure) {
        this.backend = parts.backend();
        this.chain = chain(parts);
        this.completions = completions;
        this.applied = applied;
        this.installation = installation;
        this.givesCopies = givesCopies;
        this.leadership = List.copyOf(leadership);
        this.leaderLog = new LeaderLog(parts.cluster().memberId());
        this.onFailure = onFailure;
        this.watch = parts.watch();
    }

    private static Applier chain(ApplyParts parts) {
        Applier store = new StoreApplier(parts);
        Applier quota = new QuotaApplier(parts.quota(), store);
        Applier auth = new AuthApplier(new Permissions(parts.auth()::state, parts.lessor()::keys), quota);
        Applier noSpace = new NoSpaceAlarmApplier(parts.alarms(), auth);
        return new CorruptAlarmApplier(parts.alarms(), noSpace);
    }

    @Override
    public void apply(CommittedEntries entries) {
        while (entries.next()) {
            if (entries.index() > backend.consistentIndex()) {
                applyEntry(entries.index(), entries.term(), entries.data());
            }
        }
    }

    private void applyEntry(long index, long term, ByteBuffer data) {
        if (!data.hasRemaining()) {
            backend.beginEntry();
            backend.endEntry(index, term);
            applied.advance(index);
            return;
        }
        InternalRaftRequest request = decodeShallow(data);
        if (request != null) {
            applyRequest(index, term, request);
        } else {
            // The log made this thread, with whatever stack. It waits, so there is still one thread that applies.
            DeepStack.run(() -> applyRequest(index, term, decodeDeep(index, data)));
        }
    }

    private void applyRequest(long index, long term, InternalRaftRequest request) {
        Command command = Command.of(request, index);
        backend.beginEntry();
        long begin = watch.begin();
        ApplyResult result;
        try {
            result = chain.apply(command);
        } catch (RuntimeException | Error e) {
            // Half an entry must never reach the disk.
            backend.abandonEntry(e);
            throw e;
        }
        backend.endEntry(index, term);
        applied.advance(index);
        watch.applied(request, result.message(), result.failure(), begin);
        answer(command.requestId(), result);
    }

    /** Null if the entry is nested more deeply than a stack of any size can be trusted with, or is no request at all. */
    private static @Nullable InternalRaftRequest decodeShallow(ByteBuffer data) {
        try {
            return InternalRaftRequest.parseFrom(data);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static InternalRaftRequest decodeDeep(long index, ByteBuffer data) {
        CodedInputStream input = CodedInputStream.newInstance(data);
        // One more than the RPC layer lets pass, for a request from there is wrapped into one more message here.
        input.setRecursionLimit(DeepStack.MAX_NESTING + 1);
        try {
            return InternalRaftRequest.parseFrom(input);
        } catch (IOException e) {
            throw new IllegalStateException("log entry " + index + " is not a request", e);
        }
    }

    private void answer(long requestId, ApplyResult result) {
        if (result instanceof ApplyResult.Done done) {
            completions.completed(requestId, done.response());
        } else if (result instanceof ApplyResult.Refused refused) {
            completions.failed(requestId, new EtcdException(refused.error()));
        } else if (result instanceof ApplyResult.Later later) {
            later.work().whenComplete((nothing, failure) -> {
                if (failure == null) {
                    answer(requestId, later.answer());
                } else {
                    log.atError().setCause(failure).log("background work of a request failed");
                    completions.failed(requestId, new EtcdException(EtcdError.INTERNAL));
                }
            });
        }
    }

    @Override
    public void leaderStarted(long term) {
        leaderLog.leaderStarted(term);
        leadership.forEach(LeadershipListener::leaderStarted);
    }

    @Override
    public void leaderStopped() {
        leadership.forEach(LeadershipListener::leaderStopped);
    }

    @Override
    public void leaderChanged(long leaderId, long term) {
        leaderLog.leaderChanged(leaderId, term);
        leadership.forEach(listener -> listener.leaderChanged(leaderId));
    }

    @Override
    public CompletionStage<Long> sync() {
        return backend.commit();
    }

    @Override
    public boolean needsLog() {
        return givesCopies.getAsBoolean();
    }

    @Override
    public void fetchState(long leaderId, long index) throws IOException, InterruptedException {
        installation.fetch(leaderId, index);
    }

    @Override
    public long installState() {
        return installation.install();
    }

    @Override
    public void failed(RaftException cause) {
        onFailure.accept(cause);
    }
}

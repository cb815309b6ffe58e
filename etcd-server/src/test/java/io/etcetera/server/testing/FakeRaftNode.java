package io.etcetera.server.testing;

import io.etcetera.raft.CommittedEntries;
import io.etcetera.raft.MemberChange;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import io.etcetera.raft.StateMachine;
import io.etcetera.raft.transport.PeerInbox;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A log of one voter in memory, driven by the test: proposals wait in {@link #proposals} until {@link #commitAll}. One
 * thread.
 */
public class FakeRaftNode implements RaftNode {
    public final List<Proposal> proposals = new ArrayList<>();
    public final List<ReadIndexCallback> reads = new ArrayList<>();
    private final List<byte[]> log = new ArrayList<>();
    public boolean leading = true;

    /** This member's own ID. */
    public long memberId = 1;

    /** Who leads while this member does not, or 0. */
    public long otherLeader;

    /** Answer read indexes at once, instead of keeping them in {@link #reads}. */
    public boolean answerReads = true;

    /** Not null: every proposal is refused so. */
    public @Nullable Kind refusal;

    public Set<Long> voters = Set.of(1L);

    /** How far the logs of others are known to be. */
    public final Map<Long, Long> matchIndexes = new HashMap<>();

    /** Transfers of leadership that have begun. */
    public final List<Long> transfers = new CopyOnWriteArrayList<>();

    /** Not null: every transfer is refused so. */
    public @Nullable Kind transferRefusal;

    /** How often {@link #campaign} was called. */
    public int campaigns;

    public long committedIndex;

    /** Index before the first entry that is kept. */
    private long base;

    /** As if everything up to {@code index} had been cut off. */
    public void startAfter(long index) {
        base = index;
        committedIndex = index;
    }

    @Override
    public void propose(Proposal proposal) {
        Kind why = leading ? refusal : Kind.NOT_LEADER;
        if (why != null) {
            proposal.failed(new RaftException(why, "refused by the test"));
        } else {
            proposals.add(proposal);
        }
    }

    /** Commits what was proposed and has it applied. */
    public void commitAll(StateMachine stateMachine) {
        while (!proposals.isEmpty()) {
            proposals.forEach(proposal -> log.add(proposal.data()));
            proposals.clear();
            long from = committedIndex;
            committedIndex = base + log.size();
            stateMachine.apply(entries(from));
        }
    }

    /** All entries behind {@code index}, again. */
    public CommittedEntries entries(long index) {
        return new CommittedEntries() {
            private long at = index;

            @Override
            public boolean next() {
                return ++at <= base + log.size();
            }

            @Override
            public long index() {
                return at;
            }

            @Override
            public long term() {
                return 1;
            }

            @Override
            public ByteBuffer data() {
                return ByteBuffer.wrap(log.get((int) (at - base) - 1)).asReadOnlyBuffer();
            }
        };
    }

    public void append(byte[] data) {
        log.add(data);
        committedIndex = base + log.size();
    }

    @Override
    public void readIndex(ReadIndexCallback callback) {
        if (!leading) {
            callback.failed(new RaftException(Kind.NO_LEADER, "refused by the test"));
        } else if (answerReads) {
            callback.ready(committedIndex);
        } else {
            reads.add(callback);
        }
    }

    @Override
    public long leaderId() {
        return leading ? memberId : otherLeader;
    }

    @Override
    public boolean isLeader() {
        return leading;
    }

    @Override
    public long term() {
        return 1;
    }

    @Override
    public long committedIndex() {
        return committedIndex;
    }

    @Override
    public long lateHeartbeats() {
        return 0;
    }

    @Override
    public PeerInbox inbox() {
        return (from, lane, message, answer) -> {
            throw new IllegalStateException("a log of one voter has no peers");
        };
    }

    @Override
    public CompletionStage<Void> changeMembers(MemberChange change) {
        return CompletableFuture.failedFuture(new RaftException(Kind.NOT_LEADER, "refused by the test"));
    }

    @Override
    public void transferLeadership(long memberId) throws RaftException {
        Kind why = leading ? transferRefusal : Kind.NOT_LEADER;
        if (why != null) {
            throw new RaftException(why, "refused by the test");
        }
        transfers.add(memberId);
    }

    @Override
    public void campaign() {
        campaigns++;
    }

    @Override
    public RaftMembers members() {
        return new RaftMembers(voters, Set.of());
    }

    @Override
    public OptionalLong matchIndex(long memberId) {
        Long index = matchIndexes.get(memberId);
        return index == null ? OptionalLong.empty() : OptionalLong.of(index);
    }

    @Override
    public void close() {
        proposals.forEach(proposal -> proposal.failed(new RaftException(Kind.STOPPED, "closed by the test")));
        proposals.clear();
    }
}

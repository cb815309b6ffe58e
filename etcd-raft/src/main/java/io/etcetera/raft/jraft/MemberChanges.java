package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import io.etcetera.raft.MemberChange;
import io.etcetera.raft.MemberChange.AddLearner;
import io.etcetera.raft.MemberChange.AddVoter;
import io.etcetera.raft.MemberChange.Remove;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftMembers;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of who takes part, one member at a time: the engine's read index asks the quorum of the new members only, which
 * is safe only as long as every old quorum shares a member with every new one.
 *
 * <p>A learner becomes a voter in two steps, since the engine refuses it in one: for a moment it is no member at all.
 */
final class MemberChanges {
    private static final Logger LOG = LoggerFactory.getLogger(MemberChanges.class);
    private static final long NUDGE_MILLIS = 50;

    private final NodeImpl engine;
    private final EngineInternals internals;
    private final Refusals refusals;

    MemberChanges(NodeImpl engine, EngineInternals internals, Refusals refusals) {
        this.engine = engine;
        this.internals = internals;
        this.refusals = refusals;
    }

    CompletionStage<Void> begin(MemberChange change) {
        Outcome outcome = new Outcome();
        PeerId peer = Peers.peer(change.memberId());
        Configuration now = engine.getCurrentConf();
        boolean learner = now.getLearners().contains(peer);
        boolean voter = now.contains(peer);
        if (change instanceof AddLearner) {
            if (learner || voter) {
                outcome.run(Status.OK());
            } else {
                engine.addLearners(List.of(peer), outcome);
            }
        } else if (change instanceof AddVoter) {
            if (voter) {
                outcome.run(Status.OK());
            } else if (learner) {
                engine.removeLearners(List.of(peer), status -> {
                    if (status.isOk()) {
                        addVoter(peer, outcome);
                    } else {
                        outcome.run(status);
                    }
                });
            } else {
                addVoter(peer, outcome);
            }
        } else if (change instanceof Remove) {
            if (voter) {
                engine.removePeer(peer, outcome);
            } else if (learner) {
                engine.removeLearners(List.of(peer), outcome);
            } else {
                outcome.run(Status.OK());
            }
        }
        return outcome.done;
    }

    private void addVoter(PeerId peer, Outcome outcome) {
        try {
            engine.addPeer(peer, outcome);
        } catch (IllegalArgumentException e) {
            outcome.run(Status.OK()); // a voter by now
            return;
        }
        nudge(outcome);
    }

    /**
     * Appends empty entries until the change has ended: on an idle group, the engine may begin to wait for the new member
     * only after that has answered for the last time.
     */
    private void nudge(Outcome outcome) {
        if (outcome.done.isDone()) {
            return;
        }
        appendEmptyEntry();
        try {
            Scheduler timers = engine.getTimerManager();
            var unused = timers.schedule(() -> nudge(outcome), NUDGE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the member stops during a change of members: {}", e.getMessage());
        }
    }

    private void appendEmptyEntry() {
        try {
            engine.apply(new Task(ByteBuffer.allocate(0), status -> {
                if (!status.isOk()) {
                    LOG.debug("no empty entry at a change of members: {}", status);
                }
            }));
        } catch (IllegalStateException | RejectedExecutionException e) {
            LOG.debug("no empty entry at a change of members, the member stops: {}", e.getMessage());
        }
    }

    RaftMembers members() {
        ConfigurationEntry now = internals.configuration();
        Set<Long> voters = ids(now.listPeers());
        Set<Long> learners = ids(now.getConf().getLearners());
        learners.removeAll(voters);
        return new RaftMembers(voters, learners);
    }

    private static Set<Long> ids(Collection<PeerId> peers) {
        return peers.stream().map(Peers::memberId).collect(Collectors.toCollection(HashSet::new));
    }

    /** Asks another voter to take over. */
    void transfer(long memberId) throws RaftException {
        Status status = engine.transferLeadershipTo(Peers.peer(memberId));
        if (!status.isOk()) {
            throw refusals.ofTransfer(status);
        }
    }

    private final class Outcome implements Closure {
        final CompletableFuture<Void> done = new CompletableFuture<>();

        @Override
        public void run(Status status) {
            if (status.isOk()) {
                // The change's own entry is shown to no state machine: without one behind it, a read that waits for its
                // index would wait until somebody writes.
                appendEmptyEntry();
                done.complete(null);
            } else {
                done.completeExceptionally(refusals.ofChange(status));
            }
        }
    }
}

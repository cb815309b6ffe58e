package io.etcetera.server.cluster.change;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.MemberChange;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.Membership;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While this member leads, changes the raft group step by step until it is the membership: who is new follows the log as a
 * learner first, and gets a vote once it has caught up, so that a member that is never started does not count in any
 * quorum; who is removed goes out.
 *
 * <p>Keeps no state that matters: each step follows from the membership and the group as they are, so that whoever leads
 * next goes on from there. {@link #tick()} is its timer, and the one thread that begins steps; they end on any thread.
 */
public final class Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private final Membership membership;
    private final RaftNode raft;
    private final Duration retryDelay;
    private final TimeSource time;
    private final Map<Long, Long> notBeforeNanos = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Attempt> underWay = new AtomicReference<>();

    /** @param retryDelay how long a member is left alone after a step with it has failed; about an election timeout */
    public Reconciler(Membership membership, RaftNode raft, Duration retryDelay, TimeSource time) {
        this.membership = membership;
        this.raft = raft;
        this.retryDelay = retryDelay;
        this.time = time;
    }

    /** A step that has begun, in a term that this member led in. */
    private record Attempt(ReconciliationStep step, long term) {}

    /** Begins the next step, if there is one and none is under way. To be called every 100 ms or so. */
    public void tick() {
        if (!raft.isLeader()) {
            return;
        }
        Attempt earlier = underWay.get();
        // One of an earlier term has failed or will; what came of it shows in the group.
        if (earlier != null && earlier.term() == raft.term()) {
            return;
        }
        next().ifPresent(this::begin);
    }

    private Optional<ReconciliationStep> next() {
        Map<Long, Member> wanted =
                membership.members().stream().collect(Collectors.toMap(Member::getID, Function.identity()));
        RaftMembers group = raft.members();
        long now = time.nanoTime();
        return ReconciliationStep.next(wanted, group, membership.memberId(), this::isCaughtUp, raft::matchIndex)
                .filter(step -> now - notBeforeNanos.getOrDefault(step.memberId(), now) >= 0);
    }

    private boolean isCaughtUp(long memberId) {
        long match = raft.matchIndex(memberId).orElse(0);
        return match > 0 && raft.committedIndex() - match <= ReconciliationStep.CAUGHT_UP_ENTRIES;
    }

    private void begin(ReconciliationStep step) {
        if (step instanceof ReconciliationStep.Change change) {
            Attempt attempt = new Attempt(step, raft.term());
            underWay.set(attempt);
            var unused = raft.changeMembers(change.change())
                    .whenComplete((nothing, failure) -> ended(attempt, change.change(), failure));
        } else if (step instanceof ReconciliationStep.HandOver handOver) {
            handOver(handOver);
        }
    }

    private void ended(Attempt attempt, MemberChange change, @Nullable Throwable failure) {
        if (failure == null) {
            notBeforeNanos.remove(change.memberId());
            log.atInfo()
                    .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                    .addKeyValue("change", change.getClass().getSimpleName())
                    .addKeyValue("member-id", MemberIds.toText(change.memberId()))
                    .addKeyValue("raft-group", raft.members())
                    .log("changed the raft group towards the membership");
        } else {
            failed(change.memberId(), change.getClass().getSimpleName(), failure);
        }
        // Unless another term has begun one meanwhile.
        underWay.compareAndSet(attempt, null);
    }

    private void handOver(ReconciliationStep.HandOver step) {
        // It goes on by itself, or comes to nothing within an election timeout.
        leaveAlone(step.memberId());
        try {
            raft.transferLeadership(step.to());
            log.atInfo()
                    .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                    .addKeyValue("new-leader-id", MemberIds.toText(step.to()))
                    .log("handing over leadership, since this member has been removed");
        } catch (RaftException e) {
            failed(step.memberId(), "HandOver", e);
        }
    }

    private void failed(long memberId, String step, Throwable failure) {
        leaveAlone(memberId);
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        // Expected of members that are down, slow or being elected; the next attempt is never far.
        log.atInfo()
                .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                .addKeyValue("change", step)
                .addKeyValue("member-id", MemberIds.toText(memberId))
                .addKeyValue("error", String.valueOf(cause.getMessage()))
                .log("could not change the raft group yet");
    }

    private void leaveAlone(long memberId) {
        notBeforeNanos.put(memberId, time.nanoTime() + retryDelay.toNanos());
    }
}

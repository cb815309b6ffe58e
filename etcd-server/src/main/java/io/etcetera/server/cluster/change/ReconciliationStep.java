package io.etcetera.server.cluster.change;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.MemberChange;
import io.etcetera.raft.RaftMembers;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.function.LongPredicate;

/** One step of a raft group towards the membership. */
sealed interface ReconciliationStep {
    /** How far behind the last committed entry a learner may be to get a vote; the log lets it catch up with the rest. */
    long CAUGHT_UP_ENTRIES = 1_000;

    /** Whom it is about. */
    long memberId();

    /** Another member is added, promoted or removed. */
    record Change(MemberChange change) implements ReconciliationStep {
        @Override
        public long memberId() {
            return change.memberId();
        }
    }

    /** This member leads but is removed: another is to lead, and to take it out. */
    record HandOver(long memberId, long to) implements ReconciliationStep {}

    /**
     * The step to take next; empty if the group is what it should be, or as near to it as it can be now.
     *
     * @param wanted the membership, by ID
     * @param group who takes part in the log
     * @param self this member, which leads
     * @param caughtUp whether a learner's log is near the end of the leader's
     * @param matchIndex how far a voter's log is
     */
    static Optional<ReconciliationStep> next(
            Map<Long, Member> wanted,
            RaftMembers group,
            long self,
            LongPredicate caughtUp,
            LongFunction<OptionalLong> matchIndex) {
        // Who is removed may be down: with it gone, fewer have to be up for what comes next.
        for (long id : sorted(group.voters(), group.learners())) {
            if (id != self && !wanted.containsKey(id)) {
                return Optional.of(new Change(new MemberChange.Remove(id)));
            }
        }
        if (!wanted.containsKey(self)) {
            return leave(wanted, group, self, matchIndex);
        }
        for (long id : sorted(wanted.keySet())) {
            if (!group.voters().contains(id) && !group.learners().contains(id)) {
                return Optional.of(new Change(new MemberChange.AddLearner(id)));
            }
        }
        for (long id : sorted(group.learners())) {
            Member member = wanted.get(id);
            if (member != null && !member.getIsLearner() && caughtUp.test(id)) {
                return Optional.of(new Change(new MemberChange.AddVoter(id)));
            }
        }
        return Optional.empty();
    }

    /**
     * The leader itself is removed. It hands over to the voter that has most of the log, who takes it out. If it took
     * itself out and failed on the way, it would be the only one to know how far that went.
     */
    private static Optional<ReconciliationStep> leave(
            Map<Long, Member> wanted, RaftMembers group, long self, LongFunction<OptionalLong> matchIndex) {
        long best = 0;
        long bestMatch = 0;
        for (long id : sorted(group.voters())) {
            long match = matchIndex.apply(id).orElse(0);
            if (id != self && wanted.containsKey(id) && match > bestMatch) {
                best = id;
                bestMatch = match;
            }
        }
        return best == 0 ? Optional.empty() : Optional.of(new HandOver(self, best));
    }

    @SafeVarargs
    private static Set<Long> sorted(Set<Long>... sets) {
        Set<Long> sorted = new TreeSet<>(Long::compareUnsigned);
        for (Set<Long> set : sets) {
            sorted.addAll(set);
        }
        return sorted;
    }
}

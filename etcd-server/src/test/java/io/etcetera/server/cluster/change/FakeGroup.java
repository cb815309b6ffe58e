package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.MemberChange;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftMembers;
import io.etcetera.server.testing.FakeRaftNode;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A raft group whose changes wait until the test ends them. Each member has its own {@link #node view} of it. One thread. */
final class FakeGroup {
    static final long COMMITTED = 5_000;

    final Set<Long> voters = new TreeSet<>();
    final Set<Long> learners = new TreeSet<>();
    /** Members that run, and have all of the log. */
    final Set<Long> running = new HashSet<>();

    long leader;
    long term = 1;

    @Nullable
    Pending pending;

    FakeGroup(long... voterIds) {
        for (long id : voterIds) {
            voters.add(id);
            running.add(id);
        }
        leader = voterIds[0];
    }

    /** A change that the leader has begun. */
    record Pending(MemberChange change, CompletableFuture<Void> done) {}

    Pending begun() {
        Pending begun = pending;
        if (begun == null) {
            throw new AssertionError("no change is under way");
        }
        return begun;
    }

    /** Ends the change as a healthy leader would. */
    void finish() {
        Pending begun = begun();
        pending = null;
        MemberChange change = begun.change();
        long id = change.memberId();
        if (change instanceof MemberChange.AddLearner) {
            learners.add(id);
        } else if (change instanceof MemberChange.Remove) {
            learners.remove(id);
            voters.remove(id);
            if (id == leader) {
                elect(voters.iterator().next());
            }
        } else {
            // In two steps, as the engine does it.
            learners.remove(id);
            if (!running.contains(id)) {
                fail(begun, Kind.NOT_CAUGHT_UP);
                return;
            }
            voters.add(id);
        }
        begun.done().complete(null);
    }

    /** Ends the change without an effect. */
    void fail(Kind kind) {
        Pending begun = begun();
        pending = null;
        fail(begun, kind);
    }

    private static void fail(Pending begun, Kind kind) {
        begun.done().completeExceptionally(new CompletionException(new RaftException(kind, "refused by the test")));
    }

    /** Another leads from now on; a change that is under way is left open, and its fate to the caller. */
    void elect(long id) {
        assertThat(voters).contains(id);
        leader = id;
        term++;
    }

    FakeRaftNode node(long self) {
        return new Node(self);
    }

    private final class Node extends FakeRaftNode {
        private final long self;

        Node(long self) {
            this.self = self;
        }

        @Override
        public boolean isLeader() {
            return leader == self;
        }

        @Override
        public long term() {
            return term;
        }

        @Override
        public long committedIndex() {
            return COMMITTED;
        }

        @Override
        public RaftMembers members() {
            return new RaftMembers(FakeGroup.this.voters, FakeGroup.this.learners);
        }

        @Override
        public OptionalLong matchIndex(long memberId) {
            return running.contains(memberId) ? OptionalLong.of(COMMITTED) : OptionalLong.empty();
        }

        @Override
        public CompletionStage<Void> changeMembers(MemberChange change) {
            assertThat(isLeader()).isTrue();
            if (pending != null) {
                return CompletableFuture.failedFuture(new RaftException(Kind.CHANGING, "one at a time"));
            }
            Pending begun = new Pending(change, new CompletableFuture<>());
            pending = begun;
            return begun.done();
        }

        @Override
        public void transferLeadership(long memberId) throws RaftException {
            if (pending != null) {
                throw new RaftException(Kind.CHANGING, "one at a time");
            }
            if (!running.contains(memberId)) {
                throw new RaftException(Kind.NOT_CAUGHT_UP, "it is down");
            }
            elect(memberId);
        }
    }
}

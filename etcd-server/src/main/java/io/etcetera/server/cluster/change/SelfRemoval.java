package io.etcetera.server.cluster.change;

import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.MemberRemovedException;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.Membership;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that this member has been removed, and has it stopped: a moment after it has applied that, so that the client who
 * asked for it here has its answer, and not before the raft group does without it. {@link #tick()} is its timer.
 */
public final class SelfRemoval {
    /** As long as etcd goes on. */
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final Membership membership;
    private final RaftNode raft;
    private final TimeSource time;
    private final Consumer<Throwable> stop;
    private @Nullable Long noticedNanos;

    /** @param stop called with a {@link MemberRemovedException}, perhaps several times; must not block */
    public SelfRemoval(Membership membership, RaftNode raft, TimeSource time, Consumer<Throwable> stop) {
        this.membership = membership;
        this.raft = raft;
        this.time = time;
        this.stop = stop;
    }

    /** To be called every 100 ms or so, from one thread. */
    public void tick() {
        if (!membership.isRemoved(membership.memberId())) {
            return;
        }
        long now = time.nanoTime();
        if (noticedNanos == null) {
            noticedNanos = now;
        }
        if (now - noticedNanos >= DELAY.toNanos() && !isNeeded()) {
            stop.accept(new MemberRemovedException());
        }
    }

    /** A member that is still in the group may have to vote before the others can take it out, unless there are none. */
    private boolean isNeeded() {
        long self = membership.memberId();
        RaftMembers group = raft.members();
        return group.voters().contains(self) && !group.voters().equals(Set.of(self));
    }
}

package io.etcetera.server.cluster;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.propose.Reachability;
import java.util.List;
import java.util.OptionalLong;

/** Connections as seen by who needs a quorum of them. As in etcd, all members count here, learners too. Thread-safe. */
public final class QuorumConnections implements Reachability {
    private final Membership membership;
    private final Connections connections;

    public QuorumConnections(Membership membership, Connections connections) {
        this.membership = membership;
        this.connections = connections;
    }

    @Override
    public boolean reachedSince(long memberId, long nanos) {
        OptionalLong since = connections.activeSince(memberId);
        // A difference, not a comparison: the clock may start anywhere.
        return since.isPresent() && since.getAsLong() - nanos < 0;
    }

    @Override
    public boolean reachedQuorumSince(long nanos) {
        List<Member> members = membership.members();
        long reached = members.stream()
                .filter(member -> member.getID() == membership.memberId() || reachedSince(member.getID(), nanos))
                .count();
        return reached > members.size() / 2;
    }
}

package io.etcetera.server.cluster.leader;

import io.etcetera.proto.clusterpb.Founding;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.MemberRecord;
import io.etcetera.server.propose.Proposer;

/**
 * Has the first leader of a cluster write into the log who the first members are. They know it from their configuration; a
 * member that joins later, and reads the log from its beginning, has it from here. {@link #tick()} is its timer.
 */
public final class Founder extends LeaderDuty {
    private final ClusterStore cluster;

    public Founder(ClusterStore cluster, Proposer proposer) {
        super(proposer, "failed to record the first members");
        this.cluster = cluster;
    }

    @Override
    boolean isDue() {
        return !cluster.isFounded();
    }

    @Override
    InternalRaftRequest.Builder request() {
        Founding.Builder founding = Founding.newBuilder();
        cluster.members().forEach(member -> founding.addMembers(MemberRecord.toReplicated(member)));
        return InternalRaftRequest.newBuilder()
                .setMembershipChange(MembershipChange.newBuilder().setFounding(founding));
    }
}

package io.etcetera.server.cluster;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.ClusterVersionSetRequest;
import io.etcetera.server.propose.Proposer;

/**
 * While this member leads, keeps the cluster's version at what all members can speak. {@link #tick()} is its timer, every 4 s.
 */
public final class ClusterVersionMonitor extends LeaderDuty {
    /** The API version that this server speaks, as a cluster version. */
    public static final String VERSION = "3.7.0";

    private final ClusterStore cluster;

    public ClusterVersionMonitor(ClusterStore cluster, Proposer proposer) {
        super(proposer, "failed to update cluster version");
        this.cluster = cluster;
    }

    @Override
    boolean isDue() {
        return !VERSION.equals(cluster.clusterVersion());
    }

    @Override
    InternalRaftRequest.Builder request() {
        return InternalRaftRequest.newBuilder()
                .setClusterVersionSet(ClusterVersionSetRequest.newBuilder().setVer(VERSION));
    }
}

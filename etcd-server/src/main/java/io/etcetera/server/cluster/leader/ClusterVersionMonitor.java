package io.etcetera.server.cluster.leader;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.ClusterVersionSetRequest;
import io.etcetera.server.cluster.Downgrades;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.propose.Proposer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While this member leads, keeps the cluster's version at what all members can speak, or at the older one that the cluster is on its
 * way to. {@link #tick()} is its timer, every 4 s.
 */
public final class ClusterVersionMonitor extends LeaderDuty {
    /** The API version that this server speaks, as a cluster version. */
    public static final String VERSION = "3.7.0";

    private static final Logger log = LoggerFactory.getLogger(ClusterVersionMonitor.class);

    private final VersionView versions;

    public ClusterVersionMonitor(VersionView versions, Proposer proposer) {
        super(proposer, "failed to update cluster version");
        this.versions = versions;
    }

    @Override
    boolean isDue() {
        String present = versions.cluster().orElse("");
        return !wanted(present).equals(present);
    }

    @Override
    InternalRaftRequest.Builder request() {
        String wanted = wanted(versions.cluster().orElse(""));
        return InternalRaftRequest.newBuilder()
                .setClusterVersionSet(ClusterVersionSetRequest.newBuilder().setVer(wanted));
    }

    private String wanted(String present) {
        VersionView.Downgrade downgrade = versions.downgrade();
        if (!downgrade.enabled()) {
            return VERSION;
        }
        String target = downgrade.target();
        if (!target.equals(present) && !target.equals(Downgrades.targetOf(present))) {
            log.atError()
                    .addKeyValue("downgrade-target", target)
                    .addKeyValue("cluster-version", present)
                    .log("Cannot downgrade from cluster-version to downgrade-target");
            return present;
        }
        return target;
    }
}

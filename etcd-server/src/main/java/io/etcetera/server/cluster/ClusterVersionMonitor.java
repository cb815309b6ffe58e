package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.ClusterVersionSetRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** While this member leads, keeps the cluster's version at what all members can speak. {@link #tick()} is its timer. */
public final class ClusterVersionMonitor implements LeadershipListener {
    /** The API version that this server speaks, as a cluster version. */
    public static final String VERSION = "3.7.0";

    private static final Logger log = LoggerFactory.getLogger(ClusterVersionMonitor.class);

    private final ClusterStore cluster;
    private final Proposer proposer;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile boolean leading;

    public ClusterVersionMonitor(ClusterStore cluster, Proposer proposer) {
        this.cluster = cluster;
        this.proposer = proposer;
    }

    @Override
    public void leaderStarted() {
        leading = true;
        tick();
    }

    @Override
    public void leaderStopped() {
        leading = false;
    }

    /** Proposes the version if it is not what it should be. To be called every 4 s. */
    public void tick() {
        if (!leading || VERSION.equals(cluster.clusterVersion()) || !underWay.compareAndSet(false, true)) {
            return;
        }
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setClusterVersionSet(ClusterVersionSetRequest.newBuilder().setVer(VERSION));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                underWay.set(false);
            }

            @Override
            public void failed(EtcdException error) {
                underWay.set(false);
                log.atWarn().addKeyValue("error", error.getMessage()).log("failed to update cluster version");
            }
        });
    }
}

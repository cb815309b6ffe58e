package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.proto.clusterpb.Founding;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the first leader of a cluster write into the log who the first members are. They know it from their configuration; a
 * member that joins later, and reads the log from its beginning, has it from here. {@link #tick()} is its timer.
 */
public final class Founder implements LeadershipListener {
    private static final Logger log = LoggerFactory.getLogger(Founder.class);

    private final ClusterStore cluster;
    private final Proposer proposer;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile boolean leading;

    public Founder(ClusterStore cluster, Proposer proposer) {
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

    /** Proposes it, if this member leads and it has not been done. */
    public void tick() {
        if (!leading || cluster.isFounded() || !underWay.compareAndSet(false, true)) {
            return;
        }
        Founding.Builder founding = Founding.newBuilder();
        cluster.members().forEach(member -> founding.addMembers(MemberRecord.toReplicated(member)));
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setMembershipChange(MembershipChange.newBuilder().setFounding(founding));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                underWay.set(false);
            }

            @Override
            public void failed(EtcdException error) {
                underWay.set(false);
                log.atWarn().addKeyValue("error", error.getMessage()).log("failed to record the first members");
            }
        });
    }
}

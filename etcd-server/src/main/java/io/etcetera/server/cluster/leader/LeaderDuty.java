package io.etcetera.server.cluster.leader;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that whoever leads has to see to: proposes a request for as long as it is due, one at a time, from the moment
 * at which this member leads. {@link #tick()} is its timer.
 */
abstract class LeaderDuty implements LeadershipListener {
    private final Proposer proposer;
    private final String failure;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile boolean leading;

    /** @param failure what the log says when a proposal fails */
    LeaderDuty(Proposer proposer, String failure) {
        this.proposer = proposer;
        this.failure = failure;
    }

    /** Whether there is something to propose. */
    abstract boolean isDue();

    /** What to propose. */
    abstract InternalRaftRequest.Builder request();

    @Override
    public final void leaderStarted() {
        leading = true;
        tick();
    }

    @Override
    public final void leaderStopped() {
        leading = false;
    }

    /** Proposes it, if this member leads, it is due, and not under way. */
    public final void tick() {
        if (!leading || !isDue() || !underWay.compareAndSet(false, true)) {
            return;
        }
        proposer.propose(request(), new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                underWay.set(false);
            }

            @Override
            public void failed(EtcdException error) {
                underWay.set(false);
                Logger log = LoggerFactory.getLogger(LeaderDuty.this.getClass());
                log.atWarn().addKeyValue("error", error.getMessage()).log(failure);
            }
        });
    }
}

package io.etcetera.server.cluster.change;

import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.metrics.ClusterMetrics;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.time.Duration;

/**
 * What it takes to change members.
 *
 * @param strictCheck whether to refuse what could cost the quorum
 * @param maxLearners how many learners there may be when one is added here
 * @param removalPatience how long the raft group is given to let a removed member go before the removal is answered
 * @param requestTimeout how long a promotion looks for a leader that answers
 */
public record ReconfigurationParts(
        boolean strictCheck,
        int maxLearners,
        Duration removalPatience,
        Duration requestTimeout,
        RaftNode raft,
        Proposer proposer,
        ReadBarrier reads,
        Connections connections,
        LeaderPromotion leader,
        ClusterMetrics metrics,
        TimeSource time) {

    /** With the options of a configuration. */
    public static ReconfigurationParts of(
            EtcdConfig config,
            RaftNode raft,
            Proposer proposer,
            ReadBarrier reads,
            Connections connections,
            LeaderPromotion leader,
            ClusterMetrics metrics,
            TimeSource time) {
        return new ReconfigurationParts(
                config.strictReconfigCheck(),
                config.maxLearners(),
                config.electionTimeout().multipliedBy(2),
                config.requestTimeout(),
                raft,
                proposer,
                reads,
                connections,
                leader,
                metrics,
                time);
    }
}

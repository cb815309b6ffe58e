package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.core.BallotBox;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.util.Utils;

/**
 * What the engine keeps to itself, and to its tests: how far the group has committed (it tells its users how far it has
 * applied), how far each follower is, when it last heard of the leader, who has a say during a change of members, and what it does
 * when the election timeout has passed.
 */
record EngineInternals(NodeImpl engine, BallotBox ballots, ReplicatorGroup replicators) {

    /** Of an engine that has been started: what it works with does not change any more. */
    static EngineInternals of(NodeImpl engine) {
        return new EngineInternals(engine, NodeFields.ballots(engine), NodeFields.replicators(engine));
    }

    /** See {@link NodeFields#configuration}. */
    ConfigurationEntry configuration() {
        return NodeFields.configuration(engine);
    }

    /** How long ago the leader was heard of; on a leader, how long ago it heard of its quorum. */
    long leaderSilentMillis() {
        return Utils.monotonicMs() - NodeFields.lastLeaderMillis(engine);
    }

    /**
     * Has the engine believe that the election timeout has passed, unless it knows a leader. Its timer stays as it is: to
     * run that one at once would take its lock before the engine's, while the engine takes them the other way round.
     */
    void passElectionTimeout() {
        long since = NodeFields.lastLeaderMillis(engine);
        long timeoutMillis = engine.getOptions().getElectionTimeoutMs();
        // Whoever hears of a leader meanwhile sets the clock anew, and wins.
        if (engine.getLeaderId() == null && NodeFields.replaceLastLeaderMillis(engine, since, since - timeoutMillis)) {
            NodeFields.handleElectionTimeout(engine);
        }
    }
}

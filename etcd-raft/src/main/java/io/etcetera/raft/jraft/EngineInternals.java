package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.core.BallotBox;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.util.Utils;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/**
 * What the engine keeps to itself, and to its tests: how far the group has committed (it tells its users how far it has
 * applied), how far each follower is, when it last heard of the leader, and who has a say during a change of members.
 */
record EngineInternals(
        NodeImpl engine,
        BallotBox ballots,
        ReplicatorGroup replicators,
        VarHandle lastLeaderTimestamp,
        VarHandle conf) {

    /** Of an engine that has been started: what it works with does not change any more. */
    static EngineInternals of(NodeImpl engine) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(NodeImpl.class, MethodHandles.lookup());
            BallotBox ballots = (BallotBox)
                    lookup.findVirtual(NodeImpl.class, "getBallotBox", MethodType.methodType(BallotBox.class))
                            .invokeExact(engine);
            VarHandle replicators = lookup.findVarHandle(NodeImpl.class, "replicatorGroup", ReplicatorGroup.class);
            return new EngineInternals(
                    engine,
                    ballots,
                    (ReplicatorGroup) replicators.get(engine),
                    lookup.findVarHandle(NodeImpl.class, "lastLeaderTimestamp", long.class),
                    lookup.findVarHandle(NodeImpl.class, "conf", ConfigurationEntry.class));
        } catch (Throwable e) { // as declared by invokeExact
            throw new LinkageError("not the raft engine that this was built for", e);
        }
    }

    /** The latest configuration, and the one before it as long as both have a say. The engine replaces it as a whole. */
    ConfigurationEntry configuration() {
        return (ConfigurationEntry) conf.getVolatile(engine);
    }

    /** How long ago the leader was heard of; on a leader, how long ago it heard of its quorum. */
    long leaderSilentMillis() {
        return Utils.monotonicMs() - (long) lastLeaderTimestamp.getVolatile(engine);
    }
}

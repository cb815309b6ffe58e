package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.core.BallotBox;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.util.Utils;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/**
 * What the engine keeps to itself, and to its tests: how far the group has committed (it tells its users how far it has
 * applied), how far each follower is, when it last heard of the leader, who has a say during a change of members, and what it does
 * when the election timeout has passed.
 */
record EngineInternals(
        NodeImpl engine,
        BallotBox ballots,
        ReplicatorGroup replicators,
        VarHandle lastLeaderTimestamp,
        VarHandle conf,
        MethodHandle electionTimeout) {

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
                    lookup.findVarHandle(NodeImpl.class, "conf", ConfigurationEntry.class),
                    lookup.findVirtual(NodeImpl.class, "handleElectionTimeout", MethodType.methodType(void.class)));
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

    /**
     * Has the engine believe that the election timeout has passed, unless it knows a leader. Its timer stays as it is: to
     * run that one at once would take its lock before the engine's, while the engine takes them the other way round.
     */
    void passElectionTimeout() {
        long since = (long) lastLeaderTimestamp.getVolatile(engine);
        long timeoutMillis = engine.getOptions().getElectionTimeoutMs();
        // Whoever hears of a leader meanwhile sets the clock anew, and wins.
        if (engine.getLeaderId() == null && lastLeaderTimestamp.compareAndSet(engine, since, since - timeoutMillis)) {
            try {
                electionTimeout.invokeExact(engine);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) { // as declared by invokeExact
                throw new IllegalStateException(e);
            }
        }
    }
}

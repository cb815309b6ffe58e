package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.core.BallotBox;
import com.alipay.sofa.jraft.core.NodeImpl;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/**
 * What the engine keeps to itself, and to its tests: how far the group has committed (it tells its users how far it has
 * applied), and how far each follower is.
 */
record EngineInternals(BallotBox ballots, ReplicatorGroup replicators) {

    /** Of an engine that has been started: what it works with does not change any more. */
    static EngineInternals of(NodeImpl engine) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(NodeImpl.class, MethodHandles.lookup());
            BallotBox ballots = (BallotBox)
                    lookup.findVirtual(NodeImpl.class, "getBallotBox", MethodType.methodType(BallotBox.class))
                            .invokeExact(engine);
            VarHandle replicators = lookup.findVarHandle(NodeImpl.class, "replicatorGroup", ReplicatorGroup.class);
            return new EngineInternals(ballots, (ReplicatorGroup) replicators.get(engine));
        } catch (Throwable e) { // as declared by invokeExact
            throw new LinkageError("not the raft engine that this was built for", e);
        }
    }
}

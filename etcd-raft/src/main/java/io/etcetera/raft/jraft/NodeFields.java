package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.core.BallotBox;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.storage.LogManager;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The one place that looks into the engine. Each call sees what the engine has at that moment. Thread-safe. */
final class NodeFields {
    private static final MethodHandles.Lookup LOOKUP = lookup();
    private static final VarHandle LOG_MANAGER = field("logManager", LogManager.class);
    private static final VarHandle BALLOT_BOX = field("ballotBox", BallotBox.class);
    private static final VarHandle REPLICATORS = field("replicatorGroup", ReplicatorGroup.class);
    private static final VarHandle LAST_LEADER_TIMESTAMP = field("lastLeaderTimestamp", long.class);
    private static final VarHandle CONFIGURATION = field("conf", ConfigurationEntry.class);
    private static final MethodHandle ELECTION_TIMEOUT = electionTimeout();

    private NodeFields() {}

    private static MethodHandles.Lookup lookup() {
        try {
            return MethodHandles.privateLookupIn(NodeImpl.class, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            throw unknown(e);
        }
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return LOOKUP.findVarHandle(NodeImpl.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw unknown(e);
        }
    }

    private static MethodHandle electionTimeout() {
        try {
            return LOOKUP.findVirtual(NodeImpl.class, "handleElectionTimeout", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException e) {
            throw unknown(e);
        }
    }

    private static LinkageError unknown(ReflectiveOperationException cause) {
        return new LinkageError("not the raft engine that this was built for", cause);
    }

    /** Null before the engine starts. */
    static @Nullable LogManager log(NodeImpl engine) {
        return (LogManager) LOG_MANAGER.getVolatile(engine);
    }

    /** Once the engine has been started, it does not change any more. */
    static BallotBox ballots(NodeImpl engine) {
        return (BallotBox) BALLOT_BOX.get(engine);
    }

    /** Once the engine has been started, it does not change any more. */
    static ReplicatorGroup replicators(NodeImpl engine) {
        return (ReplicatorGroup) REPLICATORS.get(engine);
    }

    /** The latest configuration, and the one before it as long as both have a say. The engine replaces it as a whole. */
    static ConfigurationEntry configuration(NodeImpl engine) {
        return (ConfigurationEntry) CONFIGURATION.getVolatile(engine);
    }

    /** When the leader was heard of, by the engine's clock; on a leader, when it heard of its quorum. */
    static long lastLeaderMillis(NodeImpl engine) {
        return (long) LAST_LEADER_TIMESTAMP.getVolatile(engine);
    }

    /** Sets {@link #lastLeaderMillis}, unless the engine has set it anew meanwhile. */
    static boolean replaceLastLeaderMillis(NodeImpl engine, long expected, long next) {
        return LAST_LEADER_TIMESTAMP.compareAndSet(engine, expected, next);
    }

    /** Runs what the engine does when the election timeout has passed. */
    static void handleElectionTimeout(NodeImpl engine) {
        try {
            ELECTION_TIMEOUT.invokeExact(engine);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) { // as declared by invokeExact
            throw new IllegalStateException(e);
        }
    }
}

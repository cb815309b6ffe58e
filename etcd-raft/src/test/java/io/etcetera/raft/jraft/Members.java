package io.etcetera.raft.jraft;

import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.wal.WalListener;
import java.nio.file.Path;
import java.util.List;

/** Starts members for tests: single voters on real files. */
final class Members {
    static final long ID = 0x8e9e05c52164694dL;
    private static final long CLUSTER = 0xcdf818194e3a8c32L;
    private static final long MANY = 1_000_000;

    private Members() {}

    static RaftConfig config(Path directory, TestMachine machine) {
        return config(directory, machine, CLUSTER, MANY);
    }

    /** Cuts every {@code snapshotCount} entries, and keeps half as many, which is less than what the engine keeps. */
    static RaftConfig config(Path directory, TestMachine machine, long clusterId, long snapshotCount) {
        return new RaftConfig(
                ID,
                clusterId,
                List.of(ID),
                directory,
                1000,
                100,
                snapshotCount,
                snapshotCount / 2,
                machine.appliedIndex,
                machine.appliedTerm,
                false);
    }

    static RaftNode start(RaftConfig config, TestMachine machine) throws Exception {
        return start(config, machine, WalListener.NONE);
    }

    static RaftNode start(RaftConfig config, TestMachine machine, WalListener listener) throws Exception {
        machine.expectNewLeader();
        RaftNode node = RaftNode.start(config, machine, listener);
        machine.awaitLeading();
        return node;
    }

    static RaftNode start(Path directory, TestMachine machine) throws Exception {
        return start(config(directory, machine), machine);
    }
}

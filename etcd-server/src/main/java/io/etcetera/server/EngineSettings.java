package io.etcetera.server;

import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.StoreListener;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CommitStats;
import io.etcetera.raft.RaftConfig;
import io.etcetera.server.cluster.Identity;
import java.util.List;
import java.util.function.Consumer;

/** What the options of a member mean to its store and its log. */
final class EngineSettings {
    private EngineSettings() {}

    static BackendOptions backend(
            EtcdConfig config, TimeSource time, Consumer<CommitStats> onCommit, Consumer<Throwable> onFailure) {
        return BackendOptions.DEFAULT
                .withBatch(config.backendBatchInterval(), config.backendBatchLimit())
                .withFsync(!config.unsafeNoFsync())
                .withThreadName("etcd-store-committer-" + config.name())
                .withNanoClock(time::nanoTime)
                .withOnCommit(onCommit)
                .withOnFailure(onFailure);
    }

    static KvStoreOptions store(EtcdConfig config, TimeSource time, StoreListener listener) {
        return KvStoreOptions.DEFAULT
                .withCompaction(config.compactionBatchLimit(), config.compactionSleepInterval())
                .withThreads(task -> new Thread(task, "etcd-store-background-" + config.name()))
                .withListener(listener)
                .withNanoClock(time::nanoTime);
    }

    static RaftConfig raft(
            EtcdConfig config, Identity identity, List<Long> initialVoters, Backend backend, boolean forcedAlone) {
        return new RaftConfig(
                identity.memberId(),
                identity.clusterId(),
                initialVoters,
                config.walDirectory(),
                config.electionTimeout().toMillis(),
                config.heartbeatInterval().toMillis(),
                config.snapshotCount(),
                config.snapshotCatchUpEntries(),
                backend.consistentIndex(),
                backend.consistentTerm(),
                forcedAlone,
                config.unsafeNoFsync());
    }
}

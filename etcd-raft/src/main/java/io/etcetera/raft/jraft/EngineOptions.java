package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.JRaftServiceFactory;
import com.alipay.sofa.jraft.entity.codec.LogEntryCodecFactory;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.ApplyTaskMode;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import io.etcetera.raft.RaftConfig;

/** How the engine is set up, with the reason where it is not the engine's default. */
final class EngineOptions {
    // Entries that one write lock, and one hand-over to the log thread, carry along. The log thread takes up to 256
    // hand-overs into one write, so under load a sync covers all that came in during the one before.
    private static final int MAX_ENTRIES_PER_HANDOVER = 512;
    private static final int MAX_WRITE_BYTES = 4 << 20;
    // Beyond these, proposals are refused as BUSY.
    private static final int MAX_QUEUED_PROPOSALS = 1 << 14;
    private static final int MAX_HEAP_PART_OF_LOG = 4;

    private static final int MAX_MESSAGES_IN_FLIGHT = 32;
    private static final int INSTALL_SNAPSHOT_TIMEOUT_MILLIS = 30 * 60 * 1000;
    private static final int RPC_CALLBACK_THREADS = 6;
    private static final String UNUSED_URI = "unused"; // the engine insists on one, and gives it back to the factory

    private EngineOptions() {}

    static NodeOptions of(RaftConfig config, NodeParts parts, FixedThreadsExecutorGroup senders, PeerLink link) {
        int electionTimeoutMillis = Math.toIntExact(config.electionTimeoutMillis());
        NodeOptions options = new MemberOptions(link);
        options.setRaftOptions(raftOptions(config));
        options.setInitialConf(Peers.voters(config.initialVoters()));
        options.setFsm(parts.driver());
        options.setServiceFactory(new Storages(parts));
        options.setLogUri(UNUSED_URI);
        options.setRaftMetaUri(UNUSED_URI);
        options.setSnapshotUri(UNUSED_URI);
        options.setElectionTimeoutMs(electionTimeoutMillis);
        options.setSnapshotIntervalSecs(0); // by count, in LogCutter
        options.setApplyTaskMode(ApplyTaskMode.NonBlocking); // a full queue refuses, it does not block the caller
        options.setAppendEntriesExecutors(senders); // the default is static, and never ends
        options.setDisableCli(true);
        // One set of timers for all members in this JVM; it ends with the last of them.
        options.setSharedTimerPool(true);
        options.setSharedElectionTimer(true);
        options.setSharedVoteTimer(true);
        options.setSharedStepDownTimer(true);
        options.setSharedSnapshotTimer(true);
        options.setRpcProcessorThreadPoolSize(RPC_CALLBACK_THREADS);
        options.setRpcConnectTimeoutMs(electionTimeoutMillis);
        options.setRpcDefaultTimeout(electionTimeoutMillis); // with more, a leader stalls as long after a partition
        options.setRpcInstallSnapshotTimeout(INSTALL_SNAPSHOT_TIMEOUT_MILLIS);
        return options;
    }

    private static RaftOptions raftOptions(RaftConfig config) {
        RaftOptions options = new RaftOptions();
        options.setSync(true);
        options.setSyncMeta(true); // else a vote could be cast twice after a loss of power
        options.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
        options.setMaxElectionDelayMs(Math.toIntExact(config.electionTimeoutMillis()));
        options.setElectionHeartbeatFactor(Math.toIntExact(
                Math.max(1, config.electionTimeoutMillis() / Math.max(1, config.heartbeatIntervalMillis()))));
        options.setApplyBatch(MAX_ENTRIES_PER_HANDOVER);
        options.setMaxAppendBufferSize(MAX_WRITE_BYTES);
        options.setDisruptorBufferSize(MAX_QUEUED_PROPOSALS);
        options.setMaxLogsInMemoryBytes(Runtime.getRuntime().maxMemory() / MAX_HEAP_PART_OF_LOG);
        options.setMaxReplicatorInflightMsgs(MAX_MESSAGES_IN_FLIGHT);
        // Its CRC-64 runs byte by byte under the node's write lock; the write-ahead log's CRC32C covers what is stored.
        options.setEnableLogEntryChecksum(false);
        return options;
    }

    /** Hands the engine our storages in place of its own. */
    private record Storages(NodeParts parts) implements JRaftServiceFactory {

        @Override
        public LogStorage createLogStorage(String uri, RaftOptions options) {
            return parts.log();
        }

        @Override
        public SnapshotStorage createSnapshotStorage(NodeOptions options) {
            return parts.snapshots();
        }

        @Override
        public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
            return parts.hardState();
        }

        @Override
        public LogEntryCodecFactory createLogEntryCodecFactory() {
            return LogEntryV2CodecFactory.getInstance(); // never used: our log has a codec of its own
        }
    }
}

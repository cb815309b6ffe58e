package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.StateMachine;
import io.etcetera.raft.transport.PeerTransport;
import io.etcetera.raft.wal.HardState;
import io.etcetera.raft.wal.MonotonicClock;
import io.etcetera.raft.wal.SnapshotMark;
import io.etcetera.raft.wal.WalListener;
import io.etcetera.raft.wal.WalOptions;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a member: opens its files, checks that they and the state machine belong together, and starts the engine on top
 * of them. Whatever was opened is closed again, in reverse order, when a later step fails.
 */
public final class NodeStarter {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStarter.class);

    private static final int MAX_PENDING_SENDS = 1 << 15;

    private final RaftConfig config;
    private final Failure failure;
    private final StateMachine stateMachine;
    private final WalListener walListener;
    private final PeerTransport transport;
    private final Deque<Runnable> closers = new ArrayDeque<>();

    private NodeStarter(
            RaftConfig config, StateMachine stateMachine, WalListener walListener, PeerTransport transport) {
        this.config = config;
        this.walListener = walListener;
        this.transport = transport;
        this.stateMachine = stateMachine;
        this.failure = new Failure(stateMachine);
    }

    /**
     * Starts a member; see {@link RaftNode#start}. A group of one has elected itself when this returns.
     *
     * @throws IOException if the files cannot be opened or read
     * @throws RaftException of kind FATAL if they contradict each other or the state machine, with what to do about it
     */
    public static RaftNode start(
            RaftConfig config, StateMachine stateMachine, WalListener walListener, PeerTransport transport)
            throws IOException, RaftException {
        NodeStarter starter = new NodeStarter(config, stateMachine, walListener, transport);
        boolean started = false;
        try {
            RaftNode node = starter.start();
            started = true;
            return node;
        } finally {
            if (!started) {
                starter.closeAll();
            }
        }
    }

    private void closeAll() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }

    private RaftNode start() throws IOException, RaftException {
        PeerId self = Peers.peer(config.memberId());
        String group = Peers.group(config.clusterId());
        if (NodeManager.getInstance().get(group, self) != null) {
            throw new RaftException(Kind.FATAL, "member " + self.getIp() + " runs in this process already");
        }
        GroupExecutor executor = GroupExecutor.acquire(group);
        closers.push(executor::release);
        NodeParts parts = openParts(executor);
        NodeManager.getInstance().addAddress(self.getEndpoint());
        closers.push(() -> NodeManager.getInstance().removeAddress(self.getEndpoint()));

        FixedThreadsExecutorGroup senders = DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
                1, "raft-send-" + self.getIp(), MAX_PENDING_SENDS);
        closers.push(senders::shutdownGracefully);
        return startEngine(new NodeImpl(group, self), parts, senders, executor);
    }

    private RaftNode startEngine(
            NodeImpl engine, NodeParts parts, FixedThreadsExecutorGroup senders, GroupExecutor executor)
            throws RaftException {
        failure.onFailure(() -> halt(engine, executor));
        closers.push(() -> {
            engine.shutdown();
            parts.cutter().close();
            JraftNode.joinUninterruptibly(engine);
        });
        PeerLink link = PeerLink.open(
                engine.getServerId().getIp(), transport, parts.heartbeats(), parts.driver()::entriesAnswered, failure);
        closers.push(link::close);
        InboxThreads inboxThreads = new InboxThreads(engine.getServerId().getIp());
        closers.push(inboxThreads::close);
        parts.engineLog().open(engine);
        parts.driver().open(engine);
        if (!engine.init(EngineOptions.of(config, parts, senders, link))) {
            RaftException cause = failure.cause();
            throw cause != null ? cause : new RaftException(Kind.FATAL, "the raft engine did not start: see the log");
        }
        parts.cutter().open(engine);
        EngineInternals internals = EngineInternals.of(engine);
        parts.driver().tellOthers(new CommitNotices(internals, parts.leadership(), transport));
        return new JraftNode(
                parts, engine, internals, new Inbox(engine, parts, inboxThreads), executor, this::closeAll);
    }

    /** Makes the engine give up leadership, on another thread: failures are reported from inside its locks. */
    private static void halt(NodeImpl engine, GroupExecutor executor) {
        com.alipay.sofa.jraft.error.RaftException error =
                new com.alipay.sofa.jraft.error.RaftException(ErrorType.ERROR_TYPE_STATE_MACHINE);
        error.getStatus().setError(RaftError.ESTATEMACHINE, "the member has failed");
        try {
            executor.execute(() -> engine.onError(error));
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped before it could be halted", e);
        }
    }

    private NodeParts openParts(GroupExecutor executor) throws IOException, RaftException {
        boolean fsync = !config.unsafeNoFsync();
        WalOptions options = WalOptions.defaults().withFsync(fsync).withListener(walListener);
        WriteAheadLog wal = WriteAheadLog.open(config.walDirectory(), options);
        closers.push(wal::close);
        HardState hardState = HardState.open(config.walDirectory(), fsync);
        SnapshotMark mark = SnapshotMark.open(config.walDirectory(), fsync);

        LogContents contents = LogContents.read(wal, hardState, mark, config);
        contents.check(config);
        if (config.forceNewCluster()) {
            contents.makeOnlyVoter(wal, config);
        }

        // What stays behind a cut is between one and two of these.
        long interval = Math.max(1, Math.max(config.snapshotCount(), config.snapshotCatchUpEntries()));
        InternalEntries internal = contents.internal();
        LogCutter cutter =
                new LogCutter(stateMachine, wal, executor, interval, config.appliedIndex(), contents.markIndex());
        VirtualSnapshots snapshots = new VirtualSnapshots(mark, contents.mark(), cutter, stateMachine, failure);
        EngineLog engineLog = new EngineLog();
        EntryCursor cursor = new EntryCursor(engineLog);
        Leadership leadership = new Leadership();
        return new NodeParts(
                failure,
                internal,
                engineLog,
                cursor,
                leadership,
                new HeartbeatPace(config.heartbeatIntervalMillis(), MonotonicClock::nanoTime),
                cutter,
                new HardStateStorage(hardState, failure),
                new WalLogStorage(wal, internal, failure, cutter::durableIndex, snapshots::current),
                snapshots,
                new StateMachineDriver(
                        config.memberId(), stateMachine, cursor, leadership, cutter, snapshots, failure));
    }
}

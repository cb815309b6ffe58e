package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import io.etcetera.raft.StateMachine;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the state machine fetch a full copy of the leader's state, on a thread of its own, on behalf of the engine, which
 * waits for it. What was fetched is put in place later, when the engine loads the {@link FetchedSnapshot}.
 */
final class StateCopier extends SnapshotCopier {
    private static final Logger LOG = LoggerFactory.getLogger(StateCopier.class);

    private final long leaderId;
    private final SnapshotMeta meta;
    private final StateMachine stateMachine;
    private final Thread thread;

    StateCopier(long leaderId, SnapshotMeta meta, StateMachine stateMachine) {
        this.leaderId = leaderId;
        this.meta = meta;
        this.stateMachine = stateMachine;
        this.thread =
                new Thread(this::fetch, "raft-fetch-" + Peers.peer(leaderId).getIp());
        this.thread.setDaemon(true);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void fetch() {
        try {
            stateMachine.fetchState(leaderId, meta.getLastIncludedIndex());
        } catch (InterruptedException e) {
            setError(RaftError.ECANCELED, "the copy is not wanted any more");
        } catch (IOException | RuntimeException e) {
            // Not EIO, which would end the member: the leader offers the copy again.
            LOG.warn(
                    "the state of member {} could not be fetched, trying again",
                    Peers.peer(leaderId).getIp(),
                    e);
            setError(RaftError.EINTERNAL, "the state could not be fetched: %s", e.getMessage());
        }
    }

    @Override
    public void cancel() {
        thread.interrupt();
    }

    @Override
    public void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public @Nullable SnapshotReader getReader() {
        return isOk() ? new FetchedSnapshot(meta) : null;
    }

    /** Called when it has ended, or by the engine's own shutdown. */
    @Override
    public void close() {
        thread.interrupt();
    }
}

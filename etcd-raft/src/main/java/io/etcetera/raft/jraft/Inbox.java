package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.alipay.sofa.jraft.rpc.RpcResponseClosureAdapter;
import com.google.protobuf.Message;
import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerInbox;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what other members send to the engine. The engine takes its own lock for every message and may wait for its log
 * thread, so each message is moved off the transport's thread; {@link InboxThreads} keeps the order of each peer's lane.
 *
 * <p>A member that has failed takes nothing and answers nothing: the engine might acknowledge an entry that it could not
 * write, when it comes a second time.
 */
final class Inbox implements PeerInbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private final NodeImpl engine;
    private final Leadership leadership;
    private final HardStateStorage hardState;
    private final Failure failure;
    private final InboxThreads threads;

    Inbox(NodeImpl engine, NodeParts parts, InboxThreads threads) {
        this.engine = engine;
        this.leadership = parts.leadership();
        this.hardState = parts.hardState();
        this.failure = parts.failure();
        this.threads = threads;
    }

    @Override
    public void receive(long from, Lane lane, byte[] message, Consumer<byte[]> answer) {
        threads.of(from, lane).execute(() -> handle(from, lane, message, new Reply(answer)));
    }

    private void handle(long from, Lane lane, byte[] message, Reply reply) {
        if (failure.cause() != null) {
            return;
        }
        try {
            Message request = PeerCodec.decode(
                    message,
                    engine.getGroupId(),
                    Peers.peer(from).toString(),
                    engine.getServerId().toString());
            if (request instanceof InstallSnapshotRequest install) {
                threads.ofInstallations().execute(() -> dispatchSafely(install, reply));
            } else if (lane == Lane.APPEND
                    && request instanceof AppendEntriesRequest append
                    && isUnknownCommit(append)) {
                reply.sendResponse(error(new Status(RaftError.EAGAIN, "this member has not got the entry")));
            } else {
                dispatchSafely(request, reply);
            }
        } catch (IOException e) {
            LOG.warn("a message of member {} is dropped: {}", Peers.peer(from).getIp(), e.getMessage());
        }
    }

    /** A member that is behind is told of many commits that it can do nothing with; the engine would warn of each. */
    private boolean isUnknownCommit(AppendEntriesRequest append) {
        return PeerClient.isHeartbeat(append) && append.getPrevLogIndex() > engine.getLastLogIndex();
    }

    private void dispatchSafely(Message request, Reply reply) {
        try {
            Message answer = dispatch(request, reply);
            if (answer != null) {
                reply.sendResponse(answer);
            }
        } catch (RuntimeException e) {
            LOG.error("a message of another member could not be handled", e);
        }
    }

    /** The answer, or null if it comes later. */
    private @Nullable Message dispatch(Message request, Reply reply) {
        if (request instanceof AppendEntriesRequest append) {
            return engine.handleAppendEntriesRequest(
                    append, new RpcRequestClosure(reply, AppendEntriesResponse.getDefaultInstance()));
        }
        if (request instanceof RequestVoteRequest vote) {
            return vote.getPreVote() ? engine.handlePreVoteRequest(vote) : engine.handleRequestVoteRequest(vote);
        }
        if (request instanceof TimeoutNowRequest takeOver) {
            return engine.handleTimeoutNowRequest(
                    takeOver, new RpcRequestClosure(reply, TimeoutNowResponse.getDefaultInstance()));
        }
        if (request instanceof InstallSnapshotRequest install) {
            return engine.handleInstallSnapshot(
                    install, new RpcRequestClosure(reply, InstallSnapshotResponse.getDefaultInstance()));
        }
        if (request instanceof ReadIndexRequest read) {
            readIndex(read, reply);
            return null;
        }
        throw new IllegalArgumentException("not sent between members: " + request.getClass());
    }

    private void readIndex(ReadIndexRequest read, Reply reply) {
        // Alone, the engine answers a new leader's readers with an index that may miss entries of earlier terms.
        if (engine.getNodeState() == State.STATE_LEADER && leadership.startedTerm() != hardState.term()) {
            reply.sendResponse(error(new Status(RaftError.EAGAIN, "the leader has not begun its term yet")));
            return;
        }
        engine.handleReadIndexRequest(read, new RpcResponseClosureAdapter<ReadIndexResponse>() {
            @Override
            public void run(Status status) {
                ReadIndexResponse response = getResponse();
                reply.sendResponse(status.isOk() && response != null ? response : error(status));
            }
        });
    }

    private static ErrorResponse error(Status status) {
        String text = status.getErrorMsg();
        return ErrorResponse.newBuilder()
                .setErrorCode(status.getCode())
                .setErrorMsg(text == null ? "" : text)
                .build();
    }

    /** Where the engine puts its answer, as it expects it of a server's connection. */
    private final class Reply implements RpcContext {
        private final Consumer<byte[]> answer;

        Reply(Consumer<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        public void sendResponse(Object response) {
            if (failure.cause() == null) {
                answer.accept(AnswerCodec.encode((Message) response));
            }
        }

        @Override
        public Connection getConnection() {
            throw new UnsupportedOperationException("only the engine's own server asks for connections");
        }

        @Override
        public String getRemoteAddress() {
            return "a member";
        }
    }
}

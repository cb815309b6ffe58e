package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's client side of the peer transport. It is called under the node's locks, so nothing here blocks or throws:
 * every call is encoded at once, since the engine takes its buffers back, and ends with an answer or, at its timeout,
 * without one.
 */
final class PeerClient implements RpcClient {
    private static final Logger LOG = LoggerFactory.getLogger(PeerClient.class);

    private volatile @Nullable PeerLink link;

    @Override
    public boolean init(RpcOptions options) {
        if (options instanceof MemberOptions own) {
            link = own.link();
            return true;
        }
        throw new IllegalArgumentException("a client of nobody");
    }

    @Override
    public void shutdown() {
        link = null;
    }

    /** Always connected: with a false one, the engine would ping the peer and wait, holding its locks. */
    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return true;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        return true;
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        // The transport's own business.
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicators) {
        // The engine probes its peers by itself.
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
            throws RemotingException {
        throw new RemotingException("nothing may wait for member " + endpoint.getIp());
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            @Nullable InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis) {
        Call call = new Call(endpoint, request, callback);
        PeerLink open = link;
        if (open == null || open.failure().cause() != null) {
            call.failed("this member has stopped");
            return;
        }
        try {
            call.endsAt(open.timeouts().schedule(call::timedOut, timeoutMillis, TimeUnit.MILLISECONDS));
            byte[] message = PeerCodec.encode(request);
            long memberId = HexFormat.fromHexDigitsToLong(endpoint.getIp());
            Lane lane = laneOf(request);
            if (lane == Lane.APPEND) {
                call.isOfEntries(() -> open.entriesAnswered().accept(memberId));
            } else if (request instanceof AppendEntriesRequest heartbeat) {
                call.isHeartbeatOf(heartbeat.getTerm(), open.heartbeats());
            }
            open.transport().send(memberId, lane, message, call);
        } catch (RejectedExecutionException e) {
            call.failed("this member is stopping");
        } catch (RuntimeException e) {
            LOG.error("a message to member {} could not be sent", endpoint.getIp(), e);
            call.failed("could not be sent: " + e);
        }
    }

    private static Lane laneOf(Object request) {
        return request instanceof AppendEntriesRequest append && !isHeartbeat(append) ? Lane.APPEND : Lane.CONTROL;
    }

    /** Whether it has neither entries nor data; a probe has data, if only empty data. */
    static boolean isHeartbeat(AppendEntriesRequest append) {
        return append.getEntriesCount() == 0 && !append.hasData();
    }

    /** One request; the first of answer, failure and timeout ends it. */
    private static final class Call implements PeerAnswer {
        private final Endpoint endpoint;
        private final Object request;
        private final InvokeCallback callback;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable Future<?> timeout;
        private Runnable onAnswer = () -> {};

        Call(Endpoint endpoint, Object request, InvokeCallback callback) {
            this.endpoint = endpoint;
            this.request = request;
            this.callback = callback;
        }

        void endsAt(Future<?> timer) {
            timeout = timer;
        }

        /** Before it is sent. */
        void isHeartbeatOf(long term, HeartbeatPace pace) {
            pace.sending(endpoint.getIp(), term);
            onAnswer = () -> pace.answered(endpoint.getIp(), term);
        }

        /** Before it is sent. */
        void isOfEntries(Runnable answered) {
            onAnswer = answered;
        }

        @Override
        public void received(byte[] answer) {
            onAnswer.run();
            try {
                Message decoded = AnswerCodec.decode(answer, request);
                end(decoded, null);
            } catch (IOException e) {
                end(null, new RemotingException("member " + endpoint.getIp() + ": " + e.getMessage(), e));
            }
        }

        @Override
        public void failed(String reason) {
            end(null, new RemotingException("member " + endpoint.getIp() + ": " + reason));
        }

        void timedOut() {
            end(null, new InvokeTimeoutException("member " + endpoint.getIp() + " did not answer"));
        }

        private void end(@Nullable Message answer, @Nullable Throwable problem) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            Future<?> timer = timeout;
            if (timer != null) {
                timer.cancel(false);
            }
            Executor executor = callback.executor();
            try {
                executor.execute(() -> callback.complete(answer, problem));
            } catch (RejectedExecutionException e) {
                LOG.debug("an answer of member {} came too late", endpoint.getIp());
            }
        }
    }
}

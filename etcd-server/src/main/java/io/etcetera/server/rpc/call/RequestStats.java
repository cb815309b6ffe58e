package io.etcetera.server.rpc.call;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.text.RequestText;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * How large a request and its answer were, by etcd's way of counting: what is not about keys counts as -1.
 *
 * @param content the request, with the sizes of values in their place
 */
record RequestStats(long requestCount, long requestSize, long responseCount, long responseSize, String content) {
    private static final RequestStats NONE = new RequestStats(-1, -1, -1, -1, "");

    static RequestStats of(Object request, Optional<Outbound> answer) {
        long size = answer.map(Outbound::size).orElse(0);
        if (request instanceof RangeRequest range) {
            long count = answer.map(Outbound::count).orElse(0L);
            return new RequestStats(0, range.getSerializedSize(), count, size, RequestText.fields(range));
        } else if (request instanceof PutRequest put) {
            return new RequestStats(1, put.getSerializedSize(), 0, size, RequestText.fields(put) + " ");
        } else if (request instanceof DeleteRangeRequest delete) {
            return new RequestStats(0, delete.getSerializedSize(), deleted(answer), size, RequestText.fields(delete));
        } else if (request instanceof TxnRequest txn) {
            return answer.isEmpty() ? new RequestStats(0, 0, 0, 0, "") : ofTxn(txn, answer.get());
        }
        return NONE;
    }

    private static RequestStats ofTxn(TxnRequest txn, Outbound answer) {
        boolean succeeded = false;
        try {
            succeeded = TxnResponse.parseFrom(answer.encoded()).getSucceeded();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an answer of this server's own", e);
        }
        List<RequestOp> done = succeeded ? txn.getSuccessList() : txn.getFailureList();
        long size = done.stream().mapToLong(MessageLite::getSerializedSize).sum();
        return new RequestStats(done.size(), size, 0, answer.size(), RequestText.of(txn));
    }

    private static long deleted(Optional<Outbound> answer) {
        try {
            return answer.isEmpty()
                    ? 0
                    : DeleteRangeResponse.parseFrom(answer.get().encoded()).getDeleted();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an answer of this server's own", e);
        }
    }

    void log(LoggingEventBuilder line, ServerCall<?, ?> call, Instant begin, Duration took) {
        line.addKeyValue("start time", begin)
                .addKeyValue("time spent", took)
                .addKeyValue("remote", remote(call))
                .addKeyValue("response type", "/" + call.getMethodDescriptor().getFullMethodName())
                .addKeyValue("request count", requestCount)
                .addKeyValue("request size", requestSize)
                .addKeyValue("response count", responseCount)
                .addKeyValue("response size", responseSize)
                .addKeyValue("request content", content)
                .log("request stats");
    }

    private static String remote(ServerCall<?, ?> call) {
        SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            String host = internet.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
        }
        return address == null ? "No remote client info." : address.toString();
    }
}

package io.etcetera.server.transport.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.leasepb.LeaseInternalRequest;
import io.etcetera.proto.leasepb.LeaseInternalResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code POST /leases} and {@code POST /leases/internal}: protobuf there and back. */
final class LeaseEndpoints {
    private static final int MAX_BODY_BYTES = 64 << 10;
    private static final String NOT_FOUND = "lease not found";

    private final Leases leases;

    LeaseEndpoints(Leases leases) {
        this.leases = leases;
    }

    void renew(HttpRequest request, Consumer<HttpReply> reply) {
        read(request, LeaseKeepAliveRequest.parser(), reply)
                .ifPresent(asked -> leases.renew(asked.getID(), new ResultCallback<>() {
                    @Override
                    public void completed(Long ttl) {
                        reply.accept(
                                ttl == 0
                                        ? HttpReply.error(404, NOT_FOUND)
                                        : message(LeaseKeepAliveResponse.newBuilder()
                                                .setID(asked.getID())
                                                .setTTL(ttl)
                                                .build()));
                    }

                    @Override
                    public void failed(EtcdException error) {
                        reply.accept(refusal(400, error));
                    }
                }));
    }

    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    void timeToLive(HttpRequest request, Consumer<HttpReply> reply) {
        read(request, LeaseInternalRequest.parser(), reply)
                .map(LeaseInternalRequest::getLeaseTimeToLiveRequest)
                .ifPresent(asked -> leases.timeToLive(asked.getID(), asked.getKeys(), new ResultCallback<>() {
                    @Override
                    public void completed(Leases.@Nullable LeaseState state) {
                        reply.accept(
                                state == null ? HttpReply.error(404, NOT_FOUND) : message(toMessage(asked, state)));
                    }

                    @Override
                    public void failed(EtcdException error) {
                        reply.accept(refusal(500, error));
                    }
                }));
    }

    private static LeaseInternalResponse toMessage(LeaseTimeToLiveRequest asked, Leases.LeaseState state) {
        LeaseTimeToLiveResponse.Builder message = LeaseTimeToLiveResponse.newBuilder()
                .setHeader(ResponseHeader.getDefaultInstance())
                .setID(asked.getID())
                .setTTL(state.remainingTtlSeconds())
                .setGrantedTTL(state.grantedTtlSeconds());
        state.keys().forEach(key -> message.addKeys(UnsafeByteOperations.unsafeWrap(key)));
        return LeaseInternalResponse.newBuilder()
                .setLeaseTimeToLiveResponse(message)
                .build();
    }

    /** The message in the body; what is wrong with the request is answered here. */
    private static <M> Optional<M> read(HttpRequest request, Parser<M> parser, Consumer<HttpReply> reply) {
        if (!request.method().equals("POST")) {
            reply.accept(HttpReply.error(405, "Method Not Allowed"));
            return Optional.empty();
        }
        if (request.body().length > MAX_BODY_BYTES) {
            reply.accept(HttpReply.error(413, "request body too large").with("Connection", "close"));
            return Optional.empty();
        }
        try {
            return Optional.of(parser.parseFrom(request.body()));
        } catch (InvalidProtocolBufferException e) {
            reply.accept(HttpReply.error(400, "error unmarshalling request"));
            return Optional.empty();
        }
    }

    private static HttpReply message(MessageLite message) {
        return HttpReply.of(200, "application/protobuf", message.toByteArray());
    }

    private static HttpReply refusal(int status, EtcdException error) {
        return switch (error.error()) {
            case LEASE_NOT_FOUND -> HttpReply.error(404, NOT_FOUND);
            case TIMEOUT, TIMEOUT_WAIT_APPLIED_INDEX ->
                HttpReply.error(408, "waiting for node to catch up its applied index has timed out");
            default -> HttpReply.error(status, textOf(error.error()));
        };
    }

    private static String textOf(EtcdError error) {
        return error == EtcdError.LEADER_CHANGED ? EtcdError.NOT_PRIMARY_LESSOR.text() : error.text();
    }
}

package io.etcetera.server.transport.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberPromoteRequest;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.transport.PeerHandlers;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What only the leader can do, on the leader's side: between the messages of the peer protocol and who does it. */
final class LeaderOperations {
    /** Remaining TTL of a lease that is not there, as in etcd. */
    private static final long NO_LEASE = -1;

    private LeaderOperations() {}

    static void renew(
            PeerHandlers handlers, LeaseKeepAliveRequest request, ResultCallback<LeaseKeepAliveResponse> answer) {
        handlers.leases()
                .renew(
                        request.getID(),
                        map(
                                answer,
                                ttl -> LeaseKeepAliveResponse.newBuilder()
                                        .setID(request.getID())
                                        .setTTL(ttl)
                                        .build()));
    }

    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    static void timeToLive(
            PeerHandlers handlers, LeaseTimeToLiveRequest request, ResultCallback<LeaseTimeToLiveResponse> answer) {
        handlers.leases()
                .timeToLive(request.getID(), request.getKeys(), map(answer, state -> toMessage(request, state)));
    }

    static void promote(
            PeerHandlers handlers, MemberPromoteRequest request, ResultCallback<MemberPromoteResponse> answer) {
        handlers.promotion()
                .promote(
                        request.getID(),
                        map(
                                answer,
                                (List<Member> members) -> MemberPromoteResponse.newBuilder()
                                        .addAllMembers(members)
                                        .build()));
    }

    private static LeaseTimeToLiveResponse toMessage(
            LeaseTimeToLiveRequest request, Leases.@Nullable LeaseState state) {
        LeaseTimeToLiveResponse.Builder message =
                LeaseTimeToLiveResponse.newBuilder().setID(request.getID());
        if (state == null) {
            return message.setTTL(NO_LEASE).build();
        }
        state.keys().forEach(key -> message.addKeys(UnsafeByteOperations.unsafeWrap(key)));
        return message.setTTL(state.remainingTtlSeconds())
                .setGrantedTTL(state.grantedTtlSeconds())
                .build();
    }

    static Leases.@Nullable LeaseState fromMessage(LeaseTimeToLiveResponse message) {
        return message.getTTL() == NO_LEASE
                ? null
                : new Leases.LeaseState(
                        message.getID(),
                        message.getGrantedTTL(),
                        message.getTTL(),
                        message.getKeysList().stream()
                                .map(ByteString::toByteArray)
                                .toList());
    }

    /** A callback that passes on what {@code function} makes of the result. */
    static <T extends @Nullable Object, R extends @Nullable Object> ResultCallback<T> map(
            ResultCallback<R> callback, Function<T, R> function) {
        return new ResultCallback<>() {
            @Override
            public void completed(T result) {
                callback.completed(function.apply(result));
            }

            @Override
            public void failed(EtcdException error) {
                callback.failed(error);
            }
        };
    }
}

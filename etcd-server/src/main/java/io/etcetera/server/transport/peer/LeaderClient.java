package io.etcetera.server.transport.peer;

import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberPromoteRequest;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.proto.peer.PeerGrpc;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.change.LeaderPromotion;
import io.etcetera.server.lease.LeaderLeases;
import io.etcetera.server.lease.Leases;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the member that leads for what only it can do. Thread-safe, never blocks. */
final class LeaderClient implements LeaderLeases, LeaderPromotion {
    private final RemotePeers peers;
    private final Duration timeout;

    LeaderClient(RemotePeers peers, Duration timeout) {
        this.peers = peers;
        this.timeout = timeout;
    }

    @Override
    public void renew(long leaderId, long leaseId, ResultCallback<Long> callback) {
        ask(
                leaderId,
                PeerGrpc.getRenewLeaseMethod(),
                LeaseKeepAliveRequest.newBuilder().setID(leaseId).build(),
                LeaderOperations.map(callback, LeaseKeepAliveResponse::getTTL));
    }

    @Override
    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    public void timeToLive(
            long leaderId, long leaseId, boolean withKeys, ResultCallback<Leases.@Nullable LeaseState> callback) {
        ask(
                leaderId,
                PeerGrpc.getLeaseTimeToLiveMethod(),
                LeaseTimeToLiveRequest.newBuilder()
                        .setID(leaseId)
                        .setKeys(withKeys)
                        .build(),
                LeaderOperations.map(callback, LeaderOperations::fromMessage));
    }

    @Override
    public void promote(long leaderId, long memberId, ResultCallback<List<Member>> callback) {
        ask(
                leaderId,
                PeerGrpc.getPromoteMethod(),
                MemberPromoteRequest.newBuilder().setID(memberId).build(),
                LeaderOperations.map(callback, MemberPromoteResponse::getMembersList));
    }

    private <Q, A> void ask(long leaderId, MethodDescriptor<Q, A> method, Q request, ResultCallback<A> callback) {
        RemotePeer leader = peers.find(leaderId);
        if (leader == null) {
            callback.failed(new EtcdException(EtcdError.NO_LEADER));
        } else {
            leader.ask(method, request, timeout, callback);
        }
    }
}

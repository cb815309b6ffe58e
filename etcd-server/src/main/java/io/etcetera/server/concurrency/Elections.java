package io.etcetera.server.concurrency;

import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.LeaderKey;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.proto.v3electionpb.ProclaimRequest;
import io.etcetera.proto.v3electionpb.ProclaimResponse;
import io.etcetera.proto.v3electionpb.ResignRequest;
import io.etcetera.proto.v3electionpb.ResignResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;

/** Elections. Headers of answers hold the revision alone; the RPC layer fills in the rest. Stateless. */
public final class Elections {
    private Elections() {}

    /** Stands for election, and answers when elected. Who stands already, by the same lease, proclaims its value. */
    public static Operation campaign(
            MemberClient client, CampaignRequest request, ResultCallback<CampaignResponse> callback) {
        return new CampaignContender(client, request, callback).start(request.getLease());
    }

    /** Changes the value of one who stands. Fails with ELECTION_NOT_LEADER if its key is no longer the same. */
    public static Operation proclaim(
            MemberClient client, ProclaimRequest request, ResultCallback<ProclaimResponse> callback) {
        if (!request.hasLeader()) {
            callback.failed(new EtcdException(EtcdError.LEADER_MISSING));
            return Operation.SHORT;
        }
        LeaderKey leader = request.getLeader();
        client.session(
                leader.getLease(),
                Callbacks.then(
                        callback,
                        leaseId -> leadership(leader)
                                .proclaim(
                                        client,
                                        request.getValue(),
                                        leaseId,
                                        Callbacks.then(
                                                callback,
                                                header -> callback.completed(ProclaimResponse.newBuilder()
                                                        .setHeader(header)
                                                        .build())))));
        return Operation.SHORT;
    }

    /** Stands down. One who does not stand any more is answered in the same way. */
    public static Operation resign(
            MemberClient client, ResignRequest request, ResultCallback<ResignResponse> callback) {
        if (!request.hasLeader()) {
            callback.failed(new EtcdException(EtcdError.LEADER_MISSING));
            return Operation.SHORT;
        }
        LeaderKey leader = request.getLeader();
        // The lease is of no use here; but etcd grants one if the leader brings none, and clients may count leases.
        client.session(
                leader.getLease(),
                Callbacks.then(
                        callback,
                        leaseId -> leadership(leader)
                                .resign(
                                        client,
                                        Callbacks.then(
                                                callback,
                                                txn -> callback.completed(ResignResponse.newBuilder()
                                                        .setHeader(txn.getHeader())
                                                        .build())))));
        return Operation.SHORT;
    }

    private static Leadership leadership(LeaderKey leader) {
        return new Leadership(leader.getKey(), leader.getRev());
    }

    /** Answers who leads. Fails with ELECTION_NO_LEADER if nobody does. */
    public static Operation leader(
            MemberClient client, LeaderRequest request, ResultCallback<LeaderResponse> callback) {
        client.first(
                Contest.of(request.getName()).owner(),
                Callbacks.then(
                        callback,
                        found -> found.kv()
                                .ifPresentOrElse(
                                        kv -> callback.completed(response(found.revision(), kv)),
                                        () -> callback.failed(new EtcdException(EtcdError.ELECTION_NO_LEADER)))));
        return Operation.SHORT;
    }

    static LeaderResponse response(long revision, KeyValue leader) {
        return LeaderResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setRevision(revision))
                .setKv(leader)
                .build();
    }
}

package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.LeaderKey;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;

/**
 * One Campaign. As in etcd, a candidate whose lease ends while it waits is told that it was elected all the same, and
 * the header is that of its entry, however long it has waited since.
 */
final class CampaignContender extends Contender<CampaignResponse> {
    private final CampaignRequest request;
    private long ownRevision;

    CampaignContender(MemberClient client, CampaignRequest request, ResultCallback<CampaignResponse> callback) {
        super(client, Contest.of(request.getName()), callback);
        this.request = request;
    }

    @Override
    TxnRequest entry(ByteString key, long leaseId) {
        return TxnRequest.newBuilder()
                .addCompare(Contest.createdAt(key, 0))
                .addSuccess(Contest.put(key, request.getValue(), leaseId))
                .addFailure(Contest.get(Contest.single(key)))
                .build();
    }

    @Override
    void entered(TxnResponse entry) {
        ownRevision = ownRevision(entry);
        ResponseHeader header = entry.getHeader();
        if (entry.getSucceeded() || present(entry).equals(request.getValue())) {
            awaitElection(header);
        } else {
            leadership()
                    .proclaim(
                            client(),
                            request.getValue(),
                            leaseId(),
                            unlessOver(proclaimed -> awaitElection(header), this::proclaimFailed));
        }
    }

    private static ByteString present(TxnResponse entry) {
        return entry.getResponses(0).getResponseRange().getKvs(0).getValue();
    }

    private void proclaimFailed(EtcdException error) {
        if (error.error() == EtcdError.ELECTION_NOT_LEADER) {
            // The key has gone since we found it: nothing is left to resign from.
            fail(error);
        } else {
            leaveAndFail(error);
        }
    }

    private void awaitElection(ResponseHeader header) {
        awaitTurn(ownRevision, orFail(turn -> complete(elected(header))));
    }

    private CampaignResponse elected(ResponseHeader header) {
        return CampaignResponse.newBuilder()
                .setHeader(header)
                .setLeader(LeaderKey.newBuilder()
                        .setName(request.getName())
                        .setKey(key())
                        .setRev(ownRevision)
                        .setLease(leaseId()))
                .build();
    }

    private Leadership leadership() {
        return new Leadership(key(), ownRevision);
    }

    @Override
    void leave(ResultCallback<Message> left) {
        leadership().resign(client(), left);
    }
}

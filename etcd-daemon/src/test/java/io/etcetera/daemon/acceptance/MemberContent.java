package io.etcetera.daemon.acceptance;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import java.util.List;

/**
 * What has to be the same of a member before and after its files change hands.
 *
 * @param leased the keys of lease {@link #LEASE}
 */
record MemberContent(
        long clusterId,
        long memberId,
        List<Member> members,
        long revision,
        int hash,
        long compactRevision,
        List<Long> leases,
        List<ByteString> leased) {
    static final long LEASE = 77;

    static MemberContent of(ServerProcess server) {
        try (GrpcClient client = new GrpcClient(server)) {
            // What any member has acknowledged is here too, once a linearizable read has been answered.
            var unusedRead = client.kv()
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("key"))
                            .build());
            HashKVResponse hash = client.maintenance().hashKV(HashKVRequest.getDefaultInstance());
            // Up to 3.5, the answer does not say of which revision the hash is.
            long hashRevision = hash.getHashRevision() == 0 ? hash.getHeader().getRevision() : hash.getHashRevision();
            LeaseTimeToLiveResponse lease = client.lease()
                    .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                            .setID(LEASE)
                            .setKeys(true)
                            .build());
            return new MemberContent(
                    hash.getHeader().getClusterId(),
                    hash.getHeader().getMemberId(),
                    ClusterGrpc.newBlockingStub(client.channel())
                            .memberList(MemberListRequest.getDefaultInstance())
                            .getMembersList()
                            .stream()
                            // Where clients are served follows from the ports that were free.
                            .map(member -> member.toBuilder().clearClientURLs().build())
                            .toList(),
                    hashRevision,
                    hash.getHash(),
                    hash.getCompactRevision(),
                    client.lease().leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList().stream()
                            .map(found -> found.getID())
                            .sorted()
                            .toList(),
                    lease.getKeysList().stream()
                            .sorted(ByteString.unsignedLexicographicalComparator())
                            .toList());
        }
    }
}

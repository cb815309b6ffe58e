package io.etcetera.daemon.acceptance;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.grpc.Channel;
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
            return of(client.channel());
        }
    }

    /** As whoever calls on this channel may see it. */
    static MemberContent of(Channel channel) {
        // What any member has acknowledged is here too, once a linearizable read has been answered.
        var unusedRead = KVGrpc.newBlockingStub(channel)
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key"))
                        .build());
        HashKVResponse hash = MaintenanceGrpc.newBlockingStub(channel).hashKV(HashKVRequest.getDefaultInstance());
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
        LeaseTimeToLiveResponse lease = leases.leaseTimeToLive(
                LeaseTimeToLiveRequest.newBuilder().setID(LEASE).setKeys(true).build());
        return new MemberContent(
                hash.getHeader().getClusterId(),
                hash.getHeader().getMemberId(),
                ClusterGrpc.newBlockingStub(channel)
                        .memberList(MemberListRequest.getDefaultInstance())
                        .getMembersList()
                        .stream()
                        // Where clients are served follows from the ports that were free.
                        .map(member -> member.toBuilder().clearClientURLs().build())
                        .toList(),
                // Up to 3.5, the answer does not say of which revision the hash is.
                hash.getHeader().getRevision(),
                hash.getHash(),
                hash.getCompactRevision(),
                leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList().stream()
                        .map(found -> found.getID())
                        .sorted()
                        .toList(),
                lease.getKeysList().stream()
                        .sorted(ByteString.unsignedLexicographicalComparator())
                        .toList());
    }
}

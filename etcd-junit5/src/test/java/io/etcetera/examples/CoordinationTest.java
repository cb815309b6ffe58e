package io.etcetera.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.junit5.WithEtcd;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.ResignRequest;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.etcetera.proto.v3lockpb.UnlockRequest;
import io.grpc.Channel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@WithEtcd
class CoordinationTest {
    private final BlockingQueue<String> done = new ArrayBlockingQueue<>(4);

    @Test
    void election(Channel channel) {
        // guide election
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
        ElectionGrpc.ElectionBlockingStub elections = ElectionGrpc.newBlockingStub(channel);

        // Who dies stops renewing the lease, and with it goes the office. Renew it by LeaseKeepAlive, every third of
        // its time.
        long lease = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(10).build())
                .getID();
        CampaignResponse won = elections.campaign(CampaignRequest.newBuilder() // waits until it is our turn
                .setName(ByteString.copyFromUtf8("scheduler"))
                .setLease(lease)
                .setValue(ByteString.copyFromUtf8("node-1"))
                .build());
        runTheSchedule();
        elections.resign(ResignRequest.newBuilder().setLeader(won.getLeader()).build());
        // end
        assertThat(done).containsExactly("schedule");
        assertThat(won.getLeader().getLease()).isEqualTo(lease);
        CampaignResponse again = elections.campaign(CampaignRequest.newBuilder()
                .setName(ByteString.copyFromUtf8("scheduler"))
                .setLease(lease)
                .setValue(ByteString.copyFromUtf8("node-2"))
                .build());
        assertThat(again.hasLeader()).isTrue();
        assertThat(elections
                        .leader(LeaderRequest.newBuilder()
                                .setName(ByteString.copyFromUtf8("scheduler"))
                                .build())
                        .getKv()
                        .getValue())
                .isEqualTo(ByteString.copyFromUtf8("node-2"));
    }

    private void runTheSchedule() {
        done.add("schedule");
    }

    @Test
    void lock(Channel channel) throws Exception {
        // guide lock
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
        LockGrpc.LockBlockingStub locks = LockGrpc.newBlockingStub(channel);

        long lease = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(10).build())
                .getID();
        ByteString key = locks.lock(LockRequest.newBuilder() // waits until nobody else holds it
                        .setName(ByteString.copyFromUtf8("ledger"))
                        .setLease(lease)
                        .build())
                .getKey();
        try {
            writeTheLedger();
        } finally {
            locks.unlock(UnlockRequest.newBuilder().setKey(key).build());
            leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
        }
        // end
        assertThat(done.poll(60, TimeUnit.SECONDS)).isEqualTo("ledger");
    }

    private void writeTheLedger() {
        done.add("ledger");
    }
}

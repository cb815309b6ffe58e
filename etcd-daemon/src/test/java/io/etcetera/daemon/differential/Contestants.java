package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3electionpb.LeaderKey;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.etcetera.proto.v3lockpb.LockResponse;
import io.etcetera.proto.v3lockpb.UnlockRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Those who contend for locks and elections on one server, and the record of what they were told. */
final class Contestants {
    private static final long LEASE_SECONDS = 600;
    private static final Duration WAIT = Duration.ofSeconds(60);

    final List<String> record = new ArrayList<>();
    private final GrpcClient client;

    Contestants(GrpcClient client) {
        this.client = client;
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** Asks, and records the answer. */
    void ask(String what, Supplier<? extends Message> question) {
        String answer;
        try {
            answer = Reply.text(question.get());
        } catch (StatusRuntimeException e) {
            answer = e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
        note(what, answer);
    }

    void note(String what, String answer) {
        record.add(what + " -> " + answer);
    }

    void grant(long... leaseIds) {
        for (long leaseId : leaseIds) {
            client.lease()
                    .leaseGrant(LeaseGrantRequest.newBuilder()
                            .setID(leaseId)
                            .setTTL(LEASE_SECONDS)
                            .build());
        }
    }

    void revoke(long leaseId) {
        client.lease()
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(leaseId).build());
    }

    LockGrpc.LockBlockingStub locks() {
        return LockGrpc.newBlockingStub(client.channel()).withDeadlineAfter(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    ElectionGrpc.ElectionBlockingStub elections() {
        return ElectionGrpc.newBlockingStub(client.channel()).withDeadlineAfter(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    static LockRequest lockRequest(String name, long leaseId) {
        return LockRequest.newBuilder().setName(bytes(name)).setLease(leaseId).build();
    }

    void lock(String name, long leaseId) {
        ask("lock " + name + " " + leaseId, () -> locks().lock(lockRequest(name, leaseId)));
    }

    /** Asks for a lock that is held, and returns when the contender is in line, with so many keys there. */
    Reply<LockRequest, LockResponse> queueForLock(String name, long leaseId, long keys) {
        return queueForLock(name, leaseId, keys, WAIT);
    }

    Reply<LockRequest, LockResponse> queueForLock(String name, long leaseId, long keys, Duration deadline) {
        Reply<LockRequest, LockResponse> reply = new Reply<>();
        LockGrpc.newStub(client.channel())
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .lock(lockRequest(name, leaseId), reply);
        awaitKeys(name, keys);
        return reply;
    }

    void unlock(String key) {
        UnlockRequest request = UnlockRequest.newBuilder().setKey(bytes(key)).build();
        ask("unlock " + key, () -> locks().unlock(request));
    }

    static CampaignRequest campaignRequest(String name, long leaseId, String value) {
        return CampaignRequest.newBuilder()
                .setName(bytes(name))
                .setLease(leaseId)
                .setValue(bytes(value))
                .build();
    }

    /** Campaigns where nobody stands against. */
    LeaderKey win(String name, long leaseId, String value) {
        CampaignResponse response = elections().campaign(campaignRequest(name, leaseId, value));
        note("campaign " + name + " " + leaseId + " " + value, Reply.text(response));
        return response.getLeader();
    }

    /** Campaigns behind others, and returns when the candidate is in line, with so many keys there. */
    Reply<CampaignRequest, CampaignResponse> queueForElection(
            String name, long leaseId, String value, long keys, Duration deadline) {
        Reply<CampaignRequest, CampaignResponse> reply = new Reply<>();
        ElectionGrpc.newStub(client.channel())
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .campaign(campaignRequest(name, leaseId, value), reply);
        awaitKeys(name, keys);
        return reply;
    }

    Reply<LeaderRequest, LeaderResponse> observe(String name) {
        Reply<LeaderRequest, LeaderResponse> reply = new Reply<>();
        ElectionGrpc.newStub(client.channel())
                .observe(LeaderRequest.newBuilder().setName(bytes(name)).build(), reply);
        return reply;
    }

    void leader(String name) {
        LeaderRequest request = LeaderRequest.newBuilder().setName(bytes(name)).build();
        ask("leader " + name, () -> elections().leader(request));
    }

    /** Records all keys of a contest. */
    void noteKeys(String name) {
        ask("keys of " + name, () -> client.kv().range(keysOf(name)));
    }

    /** Waits until a contest has so many keys. */
    void awaitKeys(String name, long count) {
        long deadline = System.nanoTime() + WAIT.toNanos();
        RangeRequest countOnly = keysOf(name).toBuilder().setCountOnly(true).build();
        while (client.kv().range(countOnly).getCount() != count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never were there " + count + " keys of " + name);
            }
        }
    }

    private static RangeRequest keysOf(String name) {
        return RangeRequest.newBuilder()
                .setKey(bytes(name + "/"))
                .setRangeEnd(bytes(name + "0"))
                .build();
    }
}

package io.etcetera.daemon.differential;

import static io.etcetera.daemon.differential.AuthScene.bytes;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3electionpb.LeaderKey;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.ProclaimRequest;
import io.etcetera.proto.v3electionpb.ResignRequest;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.etcetera.proto.v3lockpb.UnlockRequest;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;

/** Requests for keys of all kinds: those that some of the users may read or write, and others. */
final class KeyProbes {
    private static final long LEASE_TO_REVOKE = 1_002;
    private static final long NO_SUCH_LEASE = 4_242;
    private static final String NOTHING = "";
    private static final String FROM_KEY = "\0";

    private final List<AuthProbe<?>> probes = new ArrayList<>();

    private KeyProbes() {}

    static List<AuthProbe<?>> all() {
        KeyProbes all = new KeyProbes();
        all.reads();
        all.writes();
        all.txns();
        all.watches();
        all.leases();
        all.locks();
        all.elections();
        return all.probes;
    }

    private <Q> AuthProbe<Q> add(MethodDescriptor<Q, ?> method, String detail, Q request) {
        AuthProbe<Q> probe = AuthProbe.of(method, detail, request);
        probes.add(probe);
        return probe;
    }

    private static RangeRequest.Builder range(String key, String end) {
        return RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end));
    }

    private static PutRequest.Builder put(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v"));
    }

    private static DeleteRangeRequest.Builder delete(String key, String end) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end));
    }

    private void reads() {
        String[][] ranges = {
            {"k1", NOTHING},
            {"k1", "k3"},
            {"k", "l"},
            {"k2", FROM_KEY},
            {FROM_KEY, FROM_KEY},
            {"k3", "k1"},
            {"z", NOTHING},
            {NOTHING, NOTHING}
        };
        for (String[] r : ranges) {
            String detail = r[0] + " to " + r[1];
            add(KVGrpc.getRangeMethod(), detail, range(r[0], r[1]).build());
            add(KVGrpc.getRangeStreamMethod(), detail, range(r[0], r[1]).build());
            add(
                    KVGrpc.getRangeMethod(),
                    detail + ", serializable",
                    range(r[0], r[1]).setSerializable(true).build());
        }
        add(
                KVGrpc.getRangeMethod(),
                "in the future",
                range("k1", NOTHING).setRevision(1_000_000).build());
    }

    private void writes() {
        for (String key : new String[] {"k1", "k2", "z", NOTHING}) {
            add(KVGrpc.getPutMethod(), key, put(key).build());
            add(
                    KVGrpc.getPutMethod(),
                    key + ", prev_kv",
                    put(key).setPrevKv(true).build());
            add(
                    KVGrpc.getPutMethod(),
                    key + " to the lease of k1",
                    put(key).setLease(AuthProbes.LEASE_OF_KEY).build());
            add(
                    KVGrpc.getPutMethod(),
                    key + " to no lease",
                    put(key).setLease(NO_SUCH_LEASE).build());
            add(
                    KVGrpc.getPutMethod(),
                    key + ", value kept",
                    put(key).clearValue().setIgnoreValue(true).build());
            add(
                    KVGrpc.getPutMethod(),
                    key + ", lease kept",
                    put(key).setIgnoreLease(true).build());
        }
        // k1 hangs on its lease again, whoever has written it.
        AuthProbe<?> again = AuthProbe.of(
                KVGrpc.getPutMethod(),
                "k1",
                put("k1").setLease(AuthProbes.LEASE_OF_KEY).build());
        for (String[] r : new String[][] {{"k9", NOTHING}, {"k8", "k9"}, {"k8", FROM_KEY}, {"y", NOTHING}}) {
            String detail = r[0] + " to " + r[1];
            add(KVGrpc.getDeleteRangeMethod(), detail, delete(r[0], r[1]).build());
            add(
                    KVGrpc.getDeleteRangeMethod(),
                    detail + ", prev_kv",
                    delete(r[0], r[1]).setPrevKv(true).build());
        }
        probes.set(probes.size() - 1, last().tidiedBy(again));
        add(
                KVGrpc.getCompactMethod(),
                "in the future",
                CompactionRequest.newBuilder().setRevision(1_000_000).build());
    }

    private AuthProbe<?> last() {
        return probes.get(probes.size() - 1);
    }

    private void txns() {
        List<RequestOp> ops = List.of(
                RequestOp.newBuilder().setRequestRange(range("k1", NOTHING)).build(),
                RequestOp.newBuilder().setRequestRange(range("k", "l")).build(),
                RequestOp.newBuilder().setRequestPut(put("k1")).build(),
                RequestOp.newBuilder().setRequestPut(put("k1").setPrevKv(true)).build(),
                RequestOp.newBuilder()
                        .setRequestPut(put("k2").setLease(AuthProbes.LEASE_OF_KEY))
                        .build(),
                RequestOp.newBuilder()
                        .setRequestDeleteRange(delete("k9", NOTHING))
                        .build(),
                RequestOp.newBuilder()
                        .setRequestDeleteRange(delete("k8", "k9").setPrevKv(true))
                        .build());
        for (RequestOp op : ops) {
            String detail = op.toString().replaceAll("\\s+", " ");
            TxnRequest taken = TxnRequest.newBuilder().addSuccess(op).build();
            TxnRequest notTaken = TxnRequest.newBuilder().addFailure(op).build();
            add(KVGrpc.getTxnMethod(), detail, taken);
            add(KVGrpc.getTxnMethod(), "else " + detail, notTaken);
            add(KVGrpc.getTxnMethod(), "nested " + detail, nested(taken));
            add(KVGrpc.getTxnMethod(), "nested else " + detail, nested(nested(notTaken)));
        }
        TxnRequest compare = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(bytes("k1")))
                .build();
        add(KVGrpc.getTxnMethod(), "compare", compare);
        add(KVGrpc.getTxnMethod(), "nested compare", nested(compare));
        add(
                KVGrpc.getTxnMethod(),
                "compare a range",
                TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder().setKey(bytes("k")).setRangeEnd(bytes("l")))
                        .build());
        add(KVGrpc.getTxnMethod(), "empty", TxnRequest.getDefaultInstance());
    }

    private static TxnRequest nested(TxnRequest txn) {
        return TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestTxn(txn))
                .build();
    }

    private void watches() {
        String[][] ranges = {
            {"k1", NOTHING},
            {"k1", "k3"},
            {"k", "l"},
            {"k2", FROM_KEY},
            {NOTHING, NOTHING},
            {NOTHING, FROM_KEY},
            {"z", "a"}
        };
        for (String[] r : ranges) {
            add(
                    WatchGrpc.getWatchMethod(),
                    r[0] + " to " + r[1],
                    WatchRequest.newBuilder()
                            .setCreateRequest(WatchCreateRequest.newBuilder()
                                    .setKey(bytes(r[0]))
                                    .setRangeEnd(bytes(r[1])))
                            .build());
        }
        add(
                WatchGrpc.getWatchMethod(),
                "before the beginning",
                WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder().setStartRevision(-1))
                        .build());
    }

    private void leases() {
        add(
                LeaseGrpc.getLeaseGrantMethod(),
                "once more",
                LeaseGrantRequest.newBuilder()
                        .setID(AuthProbes.LEASE_OF_KEY)
                        .setTTL(10)
                        .build());
        for (long lease : new long[] {AuthProbes.LEASE_OF_KEY, AuthProbes.LEASE_OF_NOTHING, NO_SUCH_LEASE}) {
            add(
                    LeaseGrpc.getLeaseKeepAliveMethod(),
                    "of " + lease,
                    LeaseKeepAliveRequest.newBuilder().setID(lease).build());
            for (boolean keys : new boolean[] {false, true}) {
                add(
                        LeaseGrpc.getLeaseTimeToLiveMethod(),
                        "of " + lease + ", keys " + keys,
                        LeaseTimeToLiveRequest.newBuilder()
                                .setID(lease)
                                .setKeys(keys)
                                .build());
            }
        }
        add(LeaseGrpc.getLeaseLeasesMethod(), "", LeaseLeasesRequest.getDefaultInstance());
        add(
                LeaseGrpc.getLeaseRevokeMethod(),
                "of none",
                LeaseRevokeRequest.newBuilder().setID(NO_SUCH_LEASE).build());
        AuthProbe<?> granted = AuthProbe.of(
                LeaseGrpc.getLeaseGrantMethod(),
                "",
                LeaseGrantRequest.newBuilder()
                        .setID(LEASE_TO_REVOKE)
                        .setTTL(1_000)
                        .build());
        AuthProbe<?> used = AuthProbe.of(
                KVGrpc.getPutMethod(), "", put("k1x").setLease(LEASE_TO_REVOKE).build());
        AuthProbe<LeaseRevokeRequest> revoke = AuthProbe.of(
                LeaseGrpc.getLeaseRevokeMethod(),
                "of k1x",
                LeaseRevokeRequest.newBuilder().setID(LEASE_TO_REVOKE).build());
        probes.add(revoke.preparedBy(granted, used).tidiedBy(revoke));
    }

    private static AuthProbe<?> removing(String prefix, String end) {
        return AuthProbe.of(
                KVGrpc.getDeleteRangeMethod(), "", delete(prefix, end).build());
    }

    private void locks() {
        for (long lease : new long[] {0, AuthProbes.LEASE_OF_NOTHING, NO_SUCH_LEASE}) {
            AuthProbe<?> lock = AuthProbe.of(
                    LockGrpc.getLockMethod(),
                    "under lease " + lease,
                    LockRequest.newBuilder()
                            .setName(bytes("k-lock"))
                            .setLease(lease)
                            .build());
            probes.add(lock.tidiedBy(removing("k-lock/", "k-lock0")));
        }
        add(
                LockGrpc.getUnlockMethod(),
                "that nobody holds",
                UnlockRequest.newBuilder().setKey(bytes("k-free")).build());
    }

    private void elections() {
        ByteString led = bytes("k-led");
        LeaderKey stale = LeaderKey.newBuilder()
                .setName(led)
                .setKey(bytes("k-led/0"))
                .setRev(1)
                .build();
        AuthProbe<?> campaign = AuthProbe.of(
                ElectionGrpc.getCampaignMethod(),
                "alone",
                CampaignRequest.newBuilder()
                        .setName(bytes("k-campaign"))
                        .setLease(AuthProbes.LEASE_OF_NOTHING)
                        .build());
        probes.add(campaign.tidiedBy(removing("k-campaign/", "k-campaign0")));
        add(
                ElectionGrpc.getLeaderMethod(),
                "of one that is led",
                LeaderRequest.newBuilder().setName(led).build());
        add(
                ElectionGrpc.getLeaderMethod(),
                "of none",
                LeaderRequest.newBuilder().setName(bytes("k-none")).build());
        add(
                ElectionGrpc.getObserveMethod(),
                "of one that is led",
                LeaderRequest.newBuilder().setName(led).build());
        add(
                ElectionGrpc.getProclaimMethod(),
                "without leading",
                ProclaimRequest.newBuilder().setLeader(stale).build());
        add(ElectionGrpc.getProclaimMethod(), "of nothing", ProclaimRequest.getDefaultInstance());
        add(
                ElectionGrpc.getResignMethod(),
                "without leading",
                ResignRequest.newBuilder().setLeader(stale).build());
    }
}

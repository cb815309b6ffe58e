package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.grpc.MethodDescriptor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which path stands for which method. All are for POST, and take the whole body as the request. */
final class Bindings {
    private static final Map<String, MethodDescriptor<Message, Message>> TABLE = new HashMap<>();

    static {
        keys();
        leases();
        cluster();
        maintenance();
        auth();
        locksAndElections();
    }

    private Bindings() {}

    /** The method that a path stands for, or null. */
    static @Nullable MethodDescriptor<Message, Message> find(String path) {
        return TABLE.get(path);
    }

    private static void keys() {
        bind("kv/range", KVGrpc.getRangeMethod());
        bind("kv/put", KVGrpc.getPutMethod());
        bind("kv/deleterange", KVGrpc.getDeleteRangeMethod());
        bind("kv/txn", KVGrpc.getTxnMethod());
        bind("kv/compaction", KVGrpc.getCompactMethod());
        bind("watch", WatchGrpc.getWatchMethod());
    }

    private static void leases() {
        bind("lease/grant", LeaseGrpc.getLeaseGrantMethod());
        bind("lease/keepalive", LeaseGrpc.getLeaseKeepAliveMethod());
        for (String old : new String[] {"", "kv/"}) {
            bind(old + "lease/revoke", LeaseGrpc.getLeaseRevokeMethod());
            bind(old + "lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod());
            bind(old + "lease/leases", LeaseGrpc.getLeaseLeasesMethod());
        }
    }

    private static void cluster() {
        bind("cluster/member/add", ClusterGrpc.getMemberAddMethod());
        bind("cluster/member/remove", ClusterGrpc.getMemberRemoveMethod());
        bind("cluster/member/update", ClusterGrpc.getMemberUpdateMethod());
        bind("cluster/member/list", ClusterGrpc.getMemberListMethod());
        bind("cluster/member/promote", ClusterGrpc.getMemberPromoteMethod());
    }

    private static void maintenance() {
        bind("maintenance/alarm", MaintenanceGrpc.getAlarmMethod());
        bind("maintenance/status", MaintenanceGrpc.getStatusMethod());
        bind("maintenance/defragment", MaintenanceGrpc.getDefragmentMethod());
        bind("maintenance/hash", MaintenanceGrpc.getHashMethod());
        bind("maintenance/hashkv", MaintenanceGrpc.getHashKVMethod());
        bind("maintenance/snapshot", MaintenanceGrpc.getSnapshotMethod());
        bind("maintenance/transfer-leadership", MaintenanceGrpc.getMoveLeaderMethod());
        bind("maintenance/downgrade", MaintenanceGrpc.getDowngradeMethod());
    }

    private static void auth() {
        bind("auth/enable", AuthGrpc.getAuthEnableMethod());
        bind("auth/disable", AuthGrpc.getAuthDisableMethod());
        bind("auth/status", AuthGrpc.getAuthStatusMethod());
        bind("auth/authenticate", AuthGrpc.getAuthenticateMethod());
        bind("auth/user/add", AuthGrpc.getUserAddMethod());
        bind("auth/user/get", AuthGrpc.getUserGetMethod());
        bind("auth/user/list", AuthGrpc.getUserListMethod());
        bind("auth/user/delete", AuthGrpc.getUserDeleteMethod());
        bind("auth/user/changepw", AuthGrpc.getUserChangePasswordMethod());
        bind("auth/user/grant", AuthGrpc.getUserGrantRoleMethod());
        bind("auth/user/revoke", AuthGrpc.getUserRevokeRoleMethod());
        bind("auth/role/add", AuthGrpc.getRoleAddMethod());
        bind("auth/role/get", AuthGrpc.getRoleGetMethod());
        bind("auth/role/list", AuthGrpc.getRoleListMethod());
        bind("auth/role/delete", AuthGrpc.getRoleDeleteMethod());
        bind("auth/role/grant", AuthGrpc.getRoleGrantPermissionMethod());
        bind("auth/role/revoke", AuthGrpc.getRoleRevokePermissionMethod());
    }

    private static void locksAndElections() {
        bind("lock/lock", LockGrpc.getLockMethod());
        bind("lock/unlock", LockGrpc.getUnlockMethod());
        bind("election/campaign", ElectionGrpc.getCampaignMethod());
        bind("election/proclaim", ElectionGrpc.getProclaimMethod());
        bind("election/leader", ElectionGrpc.getLeaderMethod());
        bind("election/observe", ElectionGrpc.getObserveMethod());
        bind("election/resign", ElectionGrpc.getResignMethod());
    }

    private static void bind(String path, MethodDescriptor<?, ?> method) {
        TABLE.put("/v3/" + path, DeepAnswers.of(method));
    }
}

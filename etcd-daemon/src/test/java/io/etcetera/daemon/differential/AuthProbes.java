package io.etcetera.daemon.differential;

import static io.etcetera.daemon.differential.AuthScene.bytes;

import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AuthDisableRequest;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGetRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleListRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthStatusRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGetRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserListRequest;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.DefragmentRequest;
import io.etcetera.proto.etcdserverpb.DowngradeRequest;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberPromoteRequest;
import io.etcetera.proto.etcdserverpb.MemberRemoveRequest;
import io.etcetera.proto.etcdserverpb.MemberUpdateRequest;
import io.etcetera.proto.etcdserverpb.MoveLeaderRequest;
import io.etcetera.proto.etcdserverpb.SnapshotRequest;
import io.etcetera.proto.etcdserverpb.StatusRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.health.HealthCheckRequest;
import io.etcetera.proto.health.HealthGrpc;
import io.etcetera.proto.health.HealthListRequest;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;

/** What is asked: every method; those that look at keys are in {@link KeyProbes}. None of it changes users or roles. */
final class AuthProbes {
    static final long LEASE_OF_KEY = 1_000;
    static final long LEASE_OF_NOTHING = 1_001;
    private static final long NO_SUCH_MEMBER = 1;

    private final List<AuthProbe<?>> probes = new ArrayList<>();

    private AuthProbes() {}

    static List<ServiceDescriptor> services() {
        return List.of(
                KVGrpc.getServiceDescriptor(),
                WatchGrpc.getServiceDescriptor(),
                LeaseGrpc.getServiceDescriptor(),
                ClusterGrpc.getServiceDescriptor(),
                MaintenanceGrpc.getServiceDescriptor(),
                AuthGrpc.getServiceDescriptor(),
                HealthGrpc.getServiceDescriptor(),
                LockGrpc.getServiceDescriptor(),
                ElectionGrpc.getServiceDescriptor());
    }

    static List<AuthProbe<?>> all() {
        AuthProbes all = new AuthProbes();
        all.probes.addAll(KeyProbes.all());
        all.cluster();
        all.maintenance();
        all.users();
        all.roles();
        all.health();
        return all.probes;
    }

    private <Q> AuthProbe<Q> add(MethodDescriptor<Q, ?> method, String detail, Q request) {
        AuthProbe<Q> probe = AuthProbe.of(method, detail, request);
        probes.add(probe);
        return probe;
    }

    private AuthProbe<?> last() {
        return probes.get(probes.size() - 1);
    }

    private void cluster() {
        add(ClusterGrpc.getMemberListMethod(), "", MemberListRequest.getDefaultInstance());
        add(
                ClusterGrpc.getMemberListMethod(),
                "linearizable",
                MemberListRequest.newBuilder().setLinearizable(true).build());
        add(ClusterGrpc.getMemberAddMethod(), "without URLs", MemberAddRequest.getDefaultInstance());
        add(
                ClusterGrpc.getMemberRemoveMethod(),
                "not there",
                MemberRemoveRequest.newBuilder().setID(NO_SUCH_MEMBER).build());
        add(
                ClusterGrpc.getMemberUpdateMethod(),
                "not there",
                MemberUpdateRequest.newBuilder()
                        .setID(NO_SUCH_MEMBER)
                        .addPeerURLs("http://127.0.0.1:1")
                        .build());
        add(
                ClusterGrpc.getMemberPromoteMethod(),
                "not there",
                MemberPromoteRequest.newBuilder().setID(NO_SUCH_MEMBER).build());
    }

    private void maintenance() {
        for (AlarmRequest.AlarmAction action : new AlarmRequest.AlarmAction[] {
            AlarmRequest.AlarmAction.GET, AlarmRequest.AlarmAction.ACTIVATE, AlarmRequest.AlarmAction.DEACTIVATE
        }) {
            add(
                    MaintenanceGrpc.getAlarmMethod(),
                    action.name(),
                    AlarmRequest.newBuilder().setAction(action).build());
        }
        add(MaintenanceGrpc.getStatusMethod(), "", StatusRequest.getDefaultInstance());
        add(MaintenanceGrpc.getDefragmentMethod(), "", DefragmentRequest.getDefaultInstance());
        add(MaintenanceGrpc.getHashMethod(), "", HashRequest.getDefaultInstance());
        add(MaintenanceGrpc.getHashKVMethod(), "", HashKVRequest.getDefaultInstance());
        add(MaintenanceGrpc.getSnapshotMethod(), "", SnapshotRequest.getDefaultInstance());
        add(
                MaintenanceGrpc.getMoveLeaderMethod(),
                "not there",
                MoveLeaderRequest.newBuilder().setTargetID(NO_SUCH_MEMBER).build());
        add(
                MaintenanceGrpc.getDowngradeMethod(),
                "to no version",
                DowngradeRequest.newBuilder().setVersion("x").build());
    }

    private void users() {
        add(AuthGrpc.getAuthEnableMethod(), "once more", AuthEnableRequest.getDefaultInstance());
        add(AuthGrpc.getAuthStatusMethod(), "", AuthStatusRequest.getDefaultInstance());
        for (String[] login : new String[][] {{"nobody", "secret"}, {"root", "wrong"}, {"no password", ""}, {"", ""}}) {
            add(
                    AuthGrpc.getAuthenticateMethod(),
                    String.join("/", login),
                    AuthenticateRequest.newBuilder()
                            .setName(login[0])
                            .setPassword(login[1])
                            .build());
        }
        for (String name : new String[] {"", "root"}) {
            add(
                    AuthGrpc.getUserAddMethod(),
                    name,
                    AuthUserAddRequest.newBuilder().setName(name).build());
        }
        add(
                AuthGrpc.getUserAddMethod(),
                "with a long password",
                AuthUserAddRequest.newBuilder()
                        .setName("long")
                        .setPassword("x".repeat(73))
                        .build());
        for (String name : new String[] {"", "root", "nobody", "READ key"}) {
            add(
                    AuthGrpc.getUserGetMethod(),
                    name,
                    AuthUserGetRequest.newBuilder().setName(name).build());
            add(
                    AuthGrpc.getRoleGetMethod(),
                    name,
                    AuthRoleGetRequest.newBuilder().setRole(name).build());
        }
        add(AuthGrpc.getUserListMethod(), "", AuthUserListRequest.getDefaultInstance());
        for (String name : new String[] {"root", "nobody"}) {
            add(
                    AuthGrpc.getUserDeleteMethod(),
                    name,
                    AuthUserDeleteRequest.newBuilder().setName(name).build());
        }
        add(
                AuthGrpc.getUserChangePasswordMethod(),
                "nobody",
                AuthUserChangePasswordRequest.newBuilder().setName("nobody").build());
        add(
                AuthGrpc.getUserGrantRoleMethod(),
                "that is granted",
                AuthUserGrantRoleRequest.newBuilder()
                        .setUser("READ key")
                        .setRole("READ key")
                        .build());
        add(
                AuthGrpc.getUserGrantRoleMethod(),
                "that is not there",
                AuthUserGrantRoleRequest.newBuilder()
                        .setUser("READ key")
                        .setRole("none")
                        .build());
        for (String[] granted : new String[][] {{"root", "root"}, {"READ key", "none"}, {"nobody", "none"}}) {
            add(
                    AuthGrpc.getUserRevokeRoleMethod(),
                    String.join("/", granted),
                    AuthUserRevokeRoleRequest.newBuilder()
                            .setName(granted[0])
                            .setRole(granted[1])
                            .build());
        }
    }

    private void roles() {
        for (String name : new String[] {"", "root"}) {
            add(
                    AuthGrpc.getRoleAddMethod(),
                    name,
                    AuthRoleAddRequest.newBuilder().setName(name).build());
        }
        add(AuthGrpc.getRoleListMethod(), "", AuthRoleListRequest.getDefaultInstance());
        for (String name : new String[] {"root", "none"}) {
            add(
                    AuthGrpc.getRoleDeleteMethod(),
                    name,
                    AuthRoleDeleteRequest.newBuilder().setRole(name).build());
        }
        add(
                AuthGrpc.getRoleGrantPermissionMethod(),
                "of nothing",
                AuthRoleGrantPermissionRequest.newBuilder().setName("none").build());
        add(
                AuthGrpc.getRoleGrantPermissionMethod(),
                "upside down",
                AuthRoleGrantPermissionRequest.newBuilder()
                        .setName("none")
                        .setPerm(Permission.newBuilder().setKey(bytes("b")).setRangeEnd(bytes("a")))
                        .build());
        add(
                AuthGrpc.getRoleRevokePermissionMethod(),
                "that is not granted",
                AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole("READ key")
                        .setKey(bytes("x"))
                        .build());
    }

    private void health() {
        add(HealthGrpc.getCheckMethod(), "", HealthCheckRequest.getDefaultInstance());
        add(HealthGrpc.getListMethod(), "", HealthListRequest.getDefaultInstance());
        add(HealthGrpc.getWatchMethod(), "", HealthCheckRequest.getDefaultInstance());
        // Last of all, for root is let pass.
        add(AuthGrpc.getAuthDisableMethod(), "", AuthDisableRequest.getDefaultInstance());
        probes.set(
                probes.size() - 1,
                last().tidiedBy(AuthProbe.of(
                        AuthGrpc.getAuthEnableMethod(), "", AuthEnableRequest.getDefaultInstance())));
    }
}

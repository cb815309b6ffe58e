package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.authpb.UserAddOptions;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One server on which authentication has been turned on, with keys and leases, and users who may do this or that. Each is known
 * here by what he may do, and by a token from before what has happened to him since.
 */
final class AuthScene {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final String ROOT = "root";
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final Channel channel;
    private final AuthGrpc.AuthBlockingStub auth;
    private final Map<String, String> tokens = new LinkedHashMap<>();

    private AuthScene(Channel channel) {
        this.channel = channel;
        this.auth = AuthGrpc.newBlockingStub(channel);
    }

    static AuthScene set(GrpcClient client) {
        AuthScene scene = new AuthScene(client.channel());
        scene.fillStore(client);
        scene.addUsers();
        scene.turnOn();
        scene.changeUsers();
        return scene;
    }

    /** What each caller shows, by what he is; the same callers in the same order on every server. */
    Map<String, String> tokens() {
        return tokens;
    }

    String ask(AuthProbe<?> probe, String caller) throws InterruptedException {
        for (AuthProbe<?> step : probe.before()) {
            step.outcome(channel, tokens.getOrDefault(ROOT, ""));
        }
        String outcome = probe.outcome(channel, tokens.getOrDefault(caller, ""));
        for (AuthProbe<?> step : probe.after()) {
            step.outcome(channel, tokens.getOrDefault(ROOT, ""));
        }
        return outcome;
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private void fillStore(GrpcClient client) {
        client.lease()
                .leaseGrant(LeaseGrantRequest.newBuilder()
                        .setID(AuthProbes.LEASE_OF_KEY)
                        .setTTL(1_000)
                        .build());
        client.lease()
                .leaseGrant(LeaseGrantRequest.newBuilder()
                        .setID(AuthProbes.LEASE_OF_NOTHING)
                        .setTTL(1_000)
                        .build());
        for (String key : new String[] {"a", "k1", "k2", "k3", "z"}) {
            client.kv()
                    .put(PutRequest.newBuilder()
                            .setKey(bytes(key))
                            .setValue(bytes("v"))
                            .setLease(key.equals("k1") ? AuthProbes.LEASE_OF_KEY : 0)
                            .build());
        }
        ElectionGrpc.newBlockingStub(channel)
                .campaign(CampaignRequest.newBuilder()
                        .setName(bytes("k-led"))
                        .setLease(AuthProbes.LEASE_OF_NOTHING)
                        .build());
    }

    private void addUsers() {
        addUser(ROOT, ROOT);
        addRole("root");
        grantRole(ROOT, "root");
        addUser("has no role");
        addUser("has root's role");
        grantRole("has root's role", "root");
        for (Permission.Type type :
                new Permission.Type[] {Permission.Type.READ, Permission.Type.WRITE, Permission.Type.READWRITE}) {
            addUser(type + " key", type, bytes("k1"), ByteString.EMPTY);
            addUser(type + " prefix", type, bytes("k"), bytes("l"));
        }
        addUser("range", Permission.Type.READWRITE, bytes("k1"), bytes("k3"));
        addUser("from key", Permission.Type.READWRITE, bytes("k2"), ZERO);
        addUser("everything", Permission.Type.READWRITE, ZERO, ZERO);
        addUser("two ranges", Permission.Type.READWRITE, bytes("k"), bytes("k2"));
        grant("two ranges", Permission.Type.READWRITE, bytes("k2"), bytes("l"));
        for (String name : new String[] {"role revoked", "role deleted", "deleted", "password changed"}) {
            addUser(name, Permission.Type.READWRITE, bytes("k"), bytes("l"));
        }
        auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName("no password")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                .build());
    }

    private void addUser(String name) {
        addUser(name, "secret");
    }

    private void addUser(String name, String password) {
        auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName(name)
                .setPassword(password)
                .build());
        tokens.put(name, password);
    }

    private void addUser(String name, Permission.Type type, ByteString key, ByteString end) {
        addUser(name);
        addRole(name);
        grant(name, type, key, end);
        grantRole(name, name);
    }

    private void addRole(String name) {
        auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    }

    private void grantRole(String user, String role) {
        auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    private void grant(String role, Permission.Type type, ByteString key, ByteString end) {
        auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(Permission.newBuilder().setPermType(type).setKey(key).setRangeEnd(end))
                .build());
    }

    private void turnOn() {
        auth.authEnable(AuthEnableRequest.getDefaultInstance());
        tokens.replaceAll((name, password) -> auth.authenticate(AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(password)
                        .build())
                .getToken());
        tokens.put("shows nothing", "");
        tokens.put("shows no token", "nonsense");
        tokens.put("shows an invented token", "AAAAAAAAAAAAAAAA.7");
    }

    private void changeUsers() {
        Metadata metadata = new Metadata();
        metadata.put(TOKEN, tokens.getOrDefault(ROOT, ""));
        AuthGrpc.AuthBlockingStub root = AuthGrpc.newBlockingStub(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata)));
        root.userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                .setName("role revoked")
                .setRole("role revoked")
                .build());
        root.roleDelete(
                AuthRoleDeleteRequest.newBuilder().setRole("role deleted").build());
        root.userDelete(AuthUserDeleteRequest.newBuilder().setName("deleted").build());
        root.userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                .setName("password changed")
                .setPassword("new")
                .build());
    }
}

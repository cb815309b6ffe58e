package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.cluster.TestCluster;
import io.etcetera.server.testing.cluster.TestMember;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles of a cluster: changed through any member, and binding on all of them at once. */
@Timeout(300)
class AuthOverMembersTest {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final ByteString MINE = ByteString.copyFromUtf8("k1");
    private static final ByteString OTHERS = ByteString.copyFromUtf8("z");

    @TempDir
    private Path directory;

    private TestCluster start(String tokens) {
        return TestCluster.of(3)
                // Long enough for a busy machine to keep its leader.
                .with(options -> options.electionTimeout(Duration.ofSeconds(2))
                        .auth(AuthConfig.DEFAULT.withToken(tokens).withBcryptCost(4))
                        .snapshotCount(20)
                        .snapshotCatchUpEntries(5))
                .in(directory)
                .start();
    }

    private static Channel as(TestMember member, String token) {
        Metadata metadata = new Metadata();
        metadata.put(TOKEN, token);
        return ClientInterceptors.intercept(
                member.client().channel(), MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static String login(TestMember member, String name, String password) {
        return AuthGrpc.newBlockingStub(member.client().channel())
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(password)
                        .build())
                .getToken();
    }

    private static void put(TestMember member, String token, ByteString key) {
        var unused = KVGrpc.newBlockingStub(as(member, token))
                .put(PutRequest.newBuilder().setKey(key).setValue(key).build());
    }

    private static void get(TestMember member, String token, ByteString key) {
        var unused = KVGrpc.newBlockingStub(as(member, token))
                .range(RangeRequest.newBuilder().setKey(key).build());
    }

    private static void refused(EtcdError error, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getDescription()).isEqualTo(error.text()));
    }

    /** Root, and alice who may do what she likes with keys that begin with k; each step through another member. */
    private static void turnOn(TestMember one, TestMember other, TestMember last) {
        AuthGrpc.AuthBlockingStub first = AuthGrpc.newBlockingStub(one.client().channel());
        AuthGrpc.AuthBlockingStub second =
                AuthGrpc.newBlockingStub(other.client().channel());
        for (String name : new String[] {"root", "alice"}) {
            var unusedUser = first.userAdd(AuthUserAddRequest.newBuilder()
                    .setName(name)
                    .setPassword(name)
                    .build());
            var unusedRole =
                    second.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
            var unusedGrant = first.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser(name)
                    .setRole(name)
                    .build());
        }
        var unusedPermission = second.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName("alice")
                .setPerm(Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(ByteString.copyFromUtf8("k"))
                        .setRangeEnd(ByteString.copyFromUtf8("l")))
                .build());
        var unusedEnable =
                AuthGrpc.newBlockingStub(last.client().channel()).authEnable(AuthEnableRequest.getDefaultInstance());
    }

    private static void aliceIsAliceEverywhere(TestCluster cluster, String alice) {
        for (TestMember member : cluster.members()) {
            // The first read sees to it that the member knows of the users.
            get(member, alice, MINE);
            put(member, alice, MINE);
            refused(EtcdError.PERMISSION_DENIED, () -> put(member, alice, OTHERS));
            refused(EtcdError.PERMISSION_DENIED, () -> get(member, alice, OTHERS));
            refused(
                    EtcdError.USER_EMPTY,
                    () -> KVGrpc.newBlockingStub(member.client().channel())
                            .range(RangeRequest.newBuilder().setKey(MINE).build()));
            refused(EtcdError.INVALID_AUTH_TOKEN, () -> get(member, "invented", MINE));
            refused(EtcdError.AUTH_FAILED, () -> login(member, "alice", "wrong"));
        }
    }

    private static void revokeHerRole(TestMember member, String root) {
        var unused = AuthGrpc.newBlockingStub(as(member, root))
                .userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                        .setName("alice")
                        .setRole("alice")
                        .build());
    }

    private static void changeHerPassword(TestMember member, String root) {
        var unused = AuthGrpc.newBlockingStub(as(member, root))
                .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                        .setName("alice")
                        .setPassword("new")
                        .build());
    }

    /** Simple tokens stand for whoever he is now, and each member remembers them for as long as it lives. */
    @Test
    void simpleTokensAreKnownToAll() {
        try (TestCluster cluster = start("simple")) {
            turnOn(cluster.member(0), cluster.member(1), cluster.member(2));
            String alice = login(cluster.member(1), "alice", "alice");
            aliceIsAliceEverywhere(cluster, alice);

            revokeHerRole(cluster.member(2), login(cluster.member(0), "root", "root"));
            for (TestMember member : cluster.members()) {
                refused(EtcdError.PERMISSION_DENIED, () -> get(member, alice, MINE));
                refused(EtcdError.PERMISSION_DENIED, () -> put(member, alice, MINE));
            }

            String root = login(cluster.member(2), "root", "root");
            changeHerPassword(cluster.member(0), root);
            for (TestMember member : cluster.members()) {
                // The first read sees to it that the member has come so far.
                get(member, root, MINE);
                refused(EtcdError.INVALID_AUTH_TOKEN, () -> get(member, alice, MINE));
                refused(EtcdError.AUTH_FAILED, () -> login(member, "alice", "alice"));
                assertThat(login(member, "alice", "new")).isNotEmpty();
            }

            cluster.member(2).stop();
            cluster.member(2).start();
            cluster.member(2).awaitStarted();
            refused(EtcdError.INVALID_AUTH_TOKEN, () -> get(cluster.member(2), root, MINE));
            get(cluster.member(2), login(cluster.member(2), "root", "root"), MINE);
        }
    }

    /** Signed ones stand for who he was at the login, and outlive the members. */
    @Test
    void signedTokensAreGoodForOneRevisionOfUsersAndRoles() throws Exception {
        Path secret = Files.write(directory.resolve("secret"), new byte[] {1, 2, 3, 4});
        try (TestCluster cluster = start("jwt,sign-method=HS256,priv-key=" + secret)) {
            turnOn(cluster.member(0), cluster.member(1), cluster.member(2));
            String alice = login(cluster.member(1), "alice", "alice");
            aliceIsAliceEverywhere(cluster, alice);

            String root = login(cluster.member(0), "root", "root");
            cluster.member(2).stop();
            cluster.member(2).start();
            cluster.member(2).awaitStarted();
            get(cluster.member(2), root, MINE);

            changeHerPassword(cluster.member(0), root);
            for (TestMember member : cluster.members()) {
                refused(EtcdError.AUTH_OLD_REVISION, () -> get(member, alice, MINE));
                refused(EtcdError.AUTH_OLD_REVISION, () -> put(member, alice, MINE));
                refused(EtcdError.AUTH_OLD_REVISION, () -> get(member, root, MINE));
                put(member, login(member, "alice", "new"), MINE);
            }
        }
    }

    /** The log is cut meanwhile, so that the leader's store is copied. */
    @Test
    void aStoreThatIsCopiedBringsItsUsers() {
        try (TestCluster cluster = start("simple")) {
            TestMember away = cluster.member(2);
            away.stop();
            turnOn(cluster.member(0), cluster.member(1), cluster.member(0));
            String alice = login(cluster.member(0), "alice", "alice");
            for (int i = 0; i < 100; i++) {
                put(cluster.member(0), alice, MINE);
            }
            away.start();
            away.awaitStarted();

            String there = login(away, "alice", "alice");
            get(away, there, MINE);
            refused(EtcdError.PERMISSION_DENIED, () -> put(away, there, OTHERS));
            refused(EtcdError.AUTH_FAILED, () -> login(away, "alice", "wrong"));
        }
    }
}

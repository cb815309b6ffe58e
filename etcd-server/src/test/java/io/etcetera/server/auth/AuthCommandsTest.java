package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.authpb.UserAddOptions;
import io.etcetera.proto.etcdserverpb.AuthDisableRequest;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGetRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGetResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleListRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleListResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthStatusRequest;
import io.etcetera.proto.etcdserverpb.AuthStatusResponse;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGetRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGetResponse;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserListRequest;
import io.etcetera.proto.etcdserverpb.AuthUserListResponse;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateResponse;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.InternalAuthenticateRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.apply.ApplyHarness;
import io.etcetera.server.testing.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, roles and permissions in the log: what requests do to the state, and what the state does to requests. */
class AuthCommandsTest {
    private static final Caller ROOT = new Caller("root", 1_000);

    @TempDir
    private Path directory;

    private ApplyHarness member;

    @BeforeEach
    void start() {
        member = new ApplyHarness(directory);
    }

    @AfterEach
    void stop() {
        member.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private Answer<Message> as(Caller caller, InternalRaftRequest.Builder request) {
        request.getHeaderBuilder().setUsername(caller.username()).setAuthRevision(caller.authRevision());
        return member.propose(request);
    }

    private Answer<Message> asRoot(InternalRaftRequest.Builder request) {
        return as(ROOT, request);
    }

    private static InternalRaftRequest.Builder request() {
        return InternalRaftRequest.newBuilder();
    }

    private static InternalRaftRequest.Builder enable() {
        return request().setAuthEnable(AuthEnableRequest.getDefaultInstance());
    }

    private static InternalRaftRequest.Builder disable() {
        return request().setAuthDisable(AuthDisableRequest.getDefaultInstance());
    }

    private static InternalRaftRequest.Builder addUser(String name) {
        String hash = Base64.getEncoder().encodeToString(("hash of " + name).getBytes(StandardCharsets.UTF_8));
        return request()
                .setAuthUserAdd(AuthUserAddRequest.newBuilder().setName(name).setHashedPassword(hash));
    }

    private static InternalRaftRequest.Builder deleteUser(String name) {
        return request().setAuthUserDelete(AuthUserDeleteRequest.newBuilder().setName(name));
    }

    private static InternalRaftRequest.Builder addRole(String name) {
        return request().setAuthRoleAdd(AuthRoleAddRequest.newBuilder().setName(name));
    }

    private static InternalRaftRequest.Builder deleteRole(String name) {
        return request().setAuthRoleDelete(AuthRoleDeleteRequest.newBuilder().setRole(name));
    }

    private static InternalRaftRequest.Builder grantRole(String user, String role) {
        return request()
                .setAuthUserGrantRole(
                        AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role));
    }

    private static InternalRaftRequest.Builder revokeRole(String user, String role) {
        return request()
                .setAuthUserRevokeRole(
                        AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role));
    }

    private static Permission permission(Permission.Type type, String key, String end) {
        return Permission.newBuilder()
                .setPermType(type)
                .setKey(bytes(key))
                .setRangeEnd(bytes(end))
                .build();
    }

    private static InternalRaftRequest.Builder grant(String role, Permission.Type type, String key, String end) {
        return request()
                .setAuthRoleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                        .setName(role)
                        .setPerm(permission(type, key, end)));
    }

    private static InternalRaftRequest.Builder revoke(String role, String key, String end) {
        return request()
                .setAuthRoleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(role)
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end)));
    }

    private AuthStatusResponse status() {
        return (AuthStatusResponse) member.propose(request().setAuthStatus(AuthStatusRequest.getDefaultInstance()))
                .result();
    }

    private long revision() {
        return status().getAuthRevision();
    }

    /** With root, and alice, who may write keys from a to b. */
    private void turnOn() {
        asRoot(addUser("root")).result();
        asRoot(grantRole("root", "root")).result();
        asRoot(addUser("alice")).result();
        asRoot(addRole("writer")).result();
        asRoot(grant("writer", Permission.Type.WRITE, "a", "b")).result();
        asRoot(grantRole("alice", "writer")).result();
        asRoot(enable()).result();
    }

    private Caller alice() {
        return new Caller("alice", revision());
    }

    private static PutRequest.Builder put(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v"));
    }

    private static InternalRaftRequest.Builder inTxn(RequestOp.Builder op) {
        return request().setTxn(TxnRequest.newBuilder().addFailure(op));
    }

    @Test
    void isTurnedOnOnlyWithARootThatIsOne() {
        assertThat(asRoot(enable()).error()).isEqualTo(EtcdError.ROOT_USER_NOT_EXIST);
        asRoot(addUser("root")).result();
        assertThat(asRoot(enable()).error()).isEqualTo(EtcdError.ROOT_ROLE_NOT_EXIST);
        // A role of this name need not be there.
        asRoot(grantRole("root", "root")).result();
        long before = revision();
        asRoot(enable()).result();
        asRoot(enable()).result();
        assertThat(status().getEnabled()).isTrue();
        assertThat(revision()).isEqualTo(before);
    }

    @Test
    void isTurnedOffWithANewRevision() {
        turnOn();
        long before = revision();
        asRoot(disable()).result();
        asRoot(disable()).result();
        assertThat(status().getEnabled()).isFalse();
        assertThat(revision()).isEqualTo(before + 1);
    }

    @Test
    void rootIsProtectedWhileItIsOn() {
        turnOn();
        asRoot(addRole("root")).result();
        assertThat(asRoot(deleteUser("root")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(asRoot(deleteRole("root")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(asRoot(revokeRole("root", "root")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        asRoot(disable()).result();
        asRoot(deleteUser("root")).result();
    }

    @Test
    void usersAreAddedOnce() {
        assertThat(asRoot(addUser("")).error()).isEqualTo(EtcdError.USER_EMPTY);
        asRoot(addUser("alice")).result();
        assertThat(asRoot(addUser("alice")).error()).isEqualTo(EtcdError.USER_EXISTS);
        assertThat(revision()).isEqualTo(2);
    }

    @Test
    void aRecordIsEncodedAsEtcdDoes() {
        asRoot(addUser("alice")).result();
        asRoot(addRole("writer")).result();
        asRoot(grant("writer", Permission.Type.WRITE, "a", "b")).result();
        asRoot(grantRole("alice", "writer")).result();

        // Options are there even when nothing is chosen.
        assertThat(hex(Bucket.AUTH_USERS, "alice"))
                .isEqualTo("0a05616c696365" + "120d" + hex("hash of alice") + "1a06" + hex("writer") + "2200");
        assertThat(hex(Bucket.AUTH_ROLES, "writer"))
                .isEqualTo("0a06" + hex("writer") + "1208" + "0801" + "120161" + "1a0162");
        assertThat(hex(Bucket.AUTH, "authRevision")).isEqualTo("0000000000000005");
    }

    private String hex(Bucket bucket, String key) {
        byte[] value = member.backend.get(bucket, key.getBytes(StandardCharsets.UTF_8));
        return value == null ? "" : HexFormat.of().formatHex(value);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsInTheStoreIsLoaded() {
        turnOn();
        AuthState loaded = new AuthStore(member.backend, member.tokens).get();
        assertThat(loaded.isEnabled()).isTrue();
        assertThat(loaded.revision()).isEqualTo(revision());
        assertThat(loaded.userNames()).containsExactly("alice", "root");
        assertThat(loaded.roleNames()).containsExactly("writer");
        assertThat(loaded.users()).isEqualTo(member.auth.get().users());
    }

    @Test
    void questionsAreAnswered() {
        turnOn();
        asRoot(addRole("root")).result();
        assertThat(((AuthUserListResponse) asRoot(request().setAuthUserList(AuthUserListRequest.getDefaultInstance()))
                                .result())
                        .getUsersList())
                .containsExactly("alice", "root");
        assertThat(((AuthRoleListResponse) asRoot(request().setAuthRoleList(AuthRoleListRequest.getDefaultInstance()))
                                .result())
                        .getRolesList())
                .containsExactly("root", "writer");
        assertThat(getRole(ROOT, "root").result())
                .isEqualTo(AuthRoleGetResponse.newBuilder()
                        .addPerm(permission(Permission.Type.READWRITE, "", "\0"))
                        .build());
        assertThat(getRole(ROOT, "none").error()).isEqualTo(EtcdError.ROLE_NOT_FOUND);
        assertThat(getUser(ROOT, "none").error()).isEqualTo(EtcdError.USER_NOT_FOUND);
    }

    private Answer<Message> getUser(Caller caller, String name) {
        return as(
                caller, request().setAuthUserGet(AuthUserGetRequest.newBuilder().setName(name)));
    }

    private Answer<Message> getRole(Caller caller, String name) {
        return as(
                caller, request().setAuthRoleGet(AuthRoleGetRequest.newBuilder().setRole(name)));
    }

    @Test
    void usersMayAskAboutThemselves() {
        turnOn();
        assertThat(getUser(alice(), "alice").result())
                .isEqualTo(AuthUserGetResponse.newBuilder().addRoles("writer").build());
        assertThat(getUser(alice(), "root").error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(getRole(alice(), "writer").result()).isInstanceOf(AuthRoleGetResponse.class);
        assertThat(getRole(alice(), "root").error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(getUser(Caller.NOBODY, "alice").error()).isEqualTo(EtcdError.USER_EMPTY);
        assertThat(getRole(Caller.NOBODY, "writer").error()).isEqualTo(EtcdError.USER_EMPTY);
    }

    @Test
    void grantingWhatIsGrantedIsNoChange() {
        turnOn();
        long before = revision();
        asRoot(grantRole("alice", "writer")).result();
        assertThat(revision()).isEqualTo(before);
        assertThat(asRoot(grantRole("alice", "none")).error()).isEqualTo(EtcdError.ROLE_NOT_FOUND);
        assertThat(asRoot(grantRole("none", "writer")).error()).isEqualTo(EtcdError.USER_NOT_FOUND);
        assertThat(asRoot(revokeRole("alice", "none")).error()).isEqualTo(EtcdError.ROLE_NOT_GRANTED);
    }

    @Test
    void aPermissionIsForSomething() {
        asRoot(addRole("writer")).result();
        assertThat(asRoot(request()
                                .setAuthRoleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                                        .setName("none")))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_NOT_GIVEN);
        assertThat(asRoot(grant("none", Permission.Type.READ, "", "")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(asRoot(grant("writer", Permission.Type.READ, "b", "a")).error())
                .isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(asRoot(grant("none", Permission.Type.READ, "a", "b")).error())
                .isEqualTo(EtcdError.ROLE_NOT_FOUND);
        assertThat(asRoot(revoke("writer", "a", "b")).error()).isEqualTo(EtcdError.PERMISSION_NOT_GRANTED);
    }

    @Test
    void aPermissionForTheSameRangeReplacesTheOldOne() {
        asRoot(addRole("writer")).result();
        asRoot(grant("writer", Permission.Type.READ, "b", "")).result();
        asRoot(grant("writer", Permission.Type.READ, "a", "b")).result();
        asRoot(grant("writer", Permission.Type.READWRITE, "a", "b")).result();
        assertThat(((AuthRoleGetResponse) getRole(ROOT, "writer").result()).getPermList())
                .containsExactly(
                        permission(Permission.Type.READWRITE, "a", "b"), permission(Permission.Type.READ, "b", ""));
        asRoot(revoke("writer", "a", "b")).result();
        assertThat(((AuthRoleGetResponse) getRole(ROOT, "writer").result()).getPermList())
                .containsExactly(permission(Permission.Type.READ, "b", ""));
    }

    @Test
    void aDeletedRoleIsTakenFromItsUsers() {
        turnOn();
        asRoot(deleteRole("writer")).result();
        assertThat(getUser(ROOT, "alice").result()).isEqualTo(AuthUserGetResponse.getDefaultInstance());
        assertThat(as(alice(), request().setPut(put("a"))).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
    }

    @Test
    void onlyRootAdministers() {
        turnOn();
        assertThat(as(alice(), addUser("bob")).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(as(Caller.NOBODY, addUser("bob")).error()).isEqualTo(EtcdError.USER_EMPTY);
        assertThat(as(new Caller("gone", revision()), disable()).error()).isEqualTo(EtcdError.USER_NOT_FOUND);
    }

    @Test
    void anOldRevisionIsRefused() {
        turnOn();
        Caller before = alice();
        as(before, request().setPut(put("a"))).result();
        asRoot(addRole("other")).result();
        assertThat(as(before, request().setPut(put("a"))).error()).isEqualTo(EtcdError.AUTH_OLD_REVISION);
    }

    @Test
    void aDeletedUserIsRefused() {
        turnOn();
        asRoot(deleteUser("alice")).result();
        assertThat(as(alice(), request().setPut(put("a"))).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
    }

    /** CVE-2021-28235 and its like: what must not be read is not read on the way either. */
    @Test
    void whatWasThereBeforeIsShownToReadersAlone() {
        turnOn();
        as(alice(), request().setPut(put("a"))).result();
        assertThat(as(alice(), request().setPut(put("a").setPrevKv(true))).error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
        DeleteRangeRequest.Builder delete =
                DeleteRangeRequest.newBuilder().setKey(bytes("a")).setPrevKv(true);
        assertThat(as(alice(), request().setDeleteRange(delete)).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(as(alice(), inTxn(RequestOp.newBuilder().setRequestPut(put("a").setPrevKv(true))))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(as(alice(), inTxn(RequestOp.newBuilder().setRequestDeleteRange(delete)))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
    }

    @Test
    void nestedTransactionsHideNothing() {
        turnOn();
        TxnRequest.Builder inner =
                TxnRequest.newBuilder().addFailure(RequestOp.newBuilder().setRequestPut(put("z")));
        for (int depth = 0; depth < 5; depth++) {
            assertThat(as(alice(), request().setTxn(inner)).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
            inner = TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put("a" + depth)))
                    .addFailure(RequestOp.newBuilder().setRequestTxn(inner));
        }
    }

    @Test
    void keysHangOnlyOnLeasesThatCouldBeRevoked() {
        turnOn();
        member.grant(7, 60);
        asRoot(request().setPut(put("z").setLease(7))).result();
        assertThat(as(alice(), request().setPut(put("a").setLease(7))).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        RequestOp.Builder nested = RequestOp.newBuilder()
                .setRequestTxn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestPut(put("a").setLease(7))));
        assertThat(as(alice(), inTxn(nested)).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        InternalRaftRequest.Builder revoke =
                request().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7));
        assertThat(as(alice(), revoke.clone()).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        asRoot(revoke.clone()).result();
    }

    private Answer<Message> login(String name) {
        return member.propose(request()
                .setAuthenticate(
                        InternalAuthenticateRequest.newBuilder().setName(name).setSimpleToken("prefix")));
    }

    private Answer<Caller> resolve(String token) {
        Answer<Caller> answer = new Answer<>();
        member.tokens.resolve(token, () -> 1, answer);
        return answer;
    }

    @Test
    void aTokenBearsTheIndexOfItsEntry() {
        assertThat(login("alice").error()).isEqualTo(EtcdError.AUTH_NOT_ENABLED);
        turnOn();
        assertThat(login("none").error()).isEqualTo(EtcdError.AUTH_FAILED);
        String token = ((AuthenticateResponse) login("alice").result()).getToken();
        assertThat(token).isEqualTo("prefix." + member.applied.getAsLong());
        assertThat(resolve(token).result().username()).isEqualTo("alice");
    }

    @Test
    void aTokenDoesNotOutliveThePassword() {
        turnOn();
        String token = ((AuthenticateResponse) login("alice").result()).getToken();
        asRoot(request()
                        .setAuthUserChangePassword(
                                AuthUserChangePasswordRequest.newBuilder().setName("alice")))
                .result();
        assertThat(resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    @Test
    void aUserWithoutPasswordCannotLogIn() {
        turnOn();
        asRoot(request()
                        .setAuthUserAdd(AuthUserAddRequest.newBuilder()
                                .setName("cn")
                                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))))
                .result();
        assertThat(login("cn").error()).isEqualTo(EtcdError.AUTH_FAILED);
        assertThat(hex(Bucket.AUTH_USERS, "cn")).isEqualTo("0a02636e" + "22020801");
    }

    @Test
    void whatIsNoHashIsRefused() {
        assertThat(asRoot(request()
                                .setAuthUserAdd(AuthUserAddRequest.newBuilder()
                                        .setName("alice")
                                        .setHashedPassword("not base64!")))
                        .error())
                .isEqualTo(EtcdError.NO_PASSWORD_USER);
    }
}

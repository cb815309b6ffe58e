package io.etcetera.server.auth;

import static io.etcetera.server.auth.AuthRequests.addRole;
import static io.etcetera.server.auth.AuthRequests.addUser;
import static io.etcetera.server.auth.AuthRequests.deleteRole;
import static io.etcetera.server.auth.AuthRequests.deleteUser;
import static io.etcetera.server.auth.AuthRequests.disable;
import static io.etcetera.server.auth.AuthRequests.enable;
import static io.etcetera.server.auth.AuthRequests.grant;
import static io.etcetera.server.auth.AuthRequests.grantRole;
import static io.etcetera.server.auth.AuthRequests.permission;
import static io.etcetera.server.auth.AuthRequests.put;
import static io.etcetera.server.auth.AuthRequests.request;
import static io.etcetera.server.auth.AuthRequests.revoke;
import static io.etcetera.server.auth.AuthRequests.revokeRole;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.authpb.UserAddOptions;
import io.etcetera.proto.etcdserverpb.AuthRoleGetResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleListRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleListResponse;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGetResponse;
import io.etcetera.proto.etcdserverpb.AuthUserListRequest;
import io.etcetera.proto.etcdserverpb.AuthUserListResponse;
import io.etcetera.server.EtcdError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, roles and permissions in the log: what requests do to the state. */
class AuthCommandsTest {
    private final AuthMember member;

    AuthCommandsTest(@TempDir Path directory) {
        member = new AuthMember(directory);
    }

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void isTurnedOnOnlyWithARootThatIsOne() {
        assertThat(member.asRoot(enable()).error()).isEqualTo(EtcdError.ROOT_USER_NOT_EXIST);
        member.asRoot(addUser("root")).result();
        assertThat(member.asRoot(enable()).error()).isEqualTo(EtcdError.ROOT_ROLE_NOT_EXIST);
        // A role of this name need not be there.
        member.asRoot(grantRole("root", "root")).result();
        long before = member.revision();
        member.asRoot(enable()).result();
        member.asRoot(enable()).result();
        assertThat(member.status().getEnabled()).isTrue();
        assertThat(member.revision()).isEqualTo(before);
    }

    @Test
    void isTurnedOffWithANewRevision() {
        member.turnOn();
        long before = member.revision();
        member.asRoot(disable()).result();
        member.asRoot(disable()).result();
        assertThat(member.status().getEnabled()).isFalse();
        assertThat(member.revision()).isEqualTo(before + 1);
    }

    @Test
    void rootIsProtectedWhileItIsOn() {
        member.turnOn();
        member.asRoot(addRole("root")).result();
        assertThat(member.asRoot(deleteUser("root")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(member.asRoot(deleteRole("root")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(member.asRoot(revokeRole("root", "root")).error()).isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        member.asRoot(disable()).result();
        member.asRoot(deleteUser("root")).result();
    }

    @Test
    void usersAreAddedOnce() {
        assertThat(member.asRoot(addUser("")).error()).isEqualTo(EtcdError.USER_EMPTY);
        member.asRoot(addUser("alice")).result();
        assertThat(member.asRoot(addUser("alice")).error()).isEqualTo(EtcdError.USER_EXISTS);
        assertThat(member.revision()).isEqualTo(2);
    }

    @Test
    void aRecordIsEncodedAsEtcdDoes() {
        member.asRoot(addUser("alice")).result();
        member.asRoot(addRole("writer")).result();
        member.asRoot(grant("writer", Permission.Type.WRITE, "a", "b")).result();
        member.asRoot(grantRole("alice", "writer")).result();

        // Options are there even when nothing is chosen.
        assertThat(hex(Bucket.AUTH_USERS, "alice"))
                .isEqualTo("0a05616c696365" + "120d" + hex("hash of alice") + "1a06" + hex("writer") + "2200");
        assertThat(hex(Bucket.AUTH_ROLES, "writer"))
                .isEqualTo("0a06" + hex("writer") + "1208" + "0801" + "120161" + "1a0162");
        assertThat(hex(Bucket.AUTH, "authRevision")).isEqualTo("0000000000000005");
    }

    @Test
    void whatIsInTheStoreIsLoaded() {
        member.turnOn();
        AuthState loaded = new AuthStore(member.harness.backend, member.harness.tokens).get();
        assertThat(loaded.isEnabled()).isTrue();
        assertThat(loaded.revision()).isEqualTo(member.revision());
        assertThat(loaded.userNames()).containsExactly("alice", "root");
        assertThat(loaded.roleNames()).containsExactly("writer");
        assertThat(loaded.users()).isEqualTo(member.harness.auth.get().users());
    }

    @Test
    void questionsAreAnswered() {
        member.turnOn();
        member.asRoot(addRole("root")).result();
        assertThat(((AuthUserListResponse)
                                member.asRoot(request().setAuthUserList(AuthUserListRequest.getDefaultInstance()))
                                        .result())
                        .getUsersList())
                .containsExactly("alice", "root");
        assertThat(((AuthRoleListResponse)
                                member.asRoot(request().setAuthRoleList(AuthRoleListRequest.getDefaultInstance()))
                                        .result())
                        .getRolesList())
                .containsExactly("root", "writer");
        assertThat(member.getRole(AuthMember.ROOT, "root").result())
                .isEqualTo(AuthRoleGetResponse.newBuilder()
                        .addPerm(permission(Permission.Type.READWRITE, "", "\0"))
                        .build());
        assertThat(member.getRole(AuthMember.ROOT, "none").error()).isEqualTo(EtcdError.ROLE_NOT_FOUND);
        assertThat(member.getUser(AuthMember.ROOT, "none").error()).isEqualTo(EtcdError.USER_NOT_FOUND);
    }

    @Test
    void grantingWhatIsGrantedIsNoChange() {
        member.turnOn();
        long before = member.revision();
        member.asRoot(grantRole("alice", "writer")).result();
        assertThat(member.revision()).isEqualTo(before);
        assertThat(member.asRoot(grantRole("alice", "none")).error()).isEqualTo(EtcdError.ROLE_NOT_FOUND);
        assertThat(member.asRoot(grantRole("none", "writer")).error()).isEqualTo(EtcdError.USER_NOT_FOUND);
        assertThat(member.asRoot(revokeRole("alice", "none")).error()).isEqualTo(EtcdError.ROLE_NOT_GRANTED);
    }

    @Test
    void aPermissionIsForSomething() {
        member.asRoot(addRole("writer")).result();
        assertThat(member.asRoot(request()
                                .setAuthRoleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                                        .setName("none")))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_NOT_GIVEN);
        assertThat(member.asRoot(grant("none", Permission.Type.READ, "", "")).error())
                .isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(member.asRoot(grant("writer", Permission.Type.READ, "b", "a"))
                        .error())
                .isEqualTo(EtcdError.INVALID_AUTH_MGMT);
        assertThat(member.asRoot(grant("none", Permission.Type.READ, "a", "b")).error())
                .isEqualTo(EtcdError.ROLE_NOT_FOUND);
        assertThat(member.asRoot(revoke("writer", "a", "b")).error()).isEqualTo(EtcdError.PERMISSION_NOT_GRANTED);
    }

    @Test
    void aPermissionForTheSameRangeReplacesTheOldOne() {
        member.asRoot(addRole("writer")).result();
        member.asRoot(grant("writer", Permission.Type.READ, "b", "")).result();
        member.asRoot(grant("writer", Permission.Type.READ, "a", "b")).result();
        member.asRoot(grant("writer", Permission.Type.READWRITE, "a", "b")).result();
        assertThat(((AuthRoleGetResponse)
                                member.getRole(AuthMember.ROOT, "writer").result())
                        .getPermList())
                .containsExactly(
                        permission(Permission.Type.READWRITE, "a", "b"), permission(Permission.Type.READ, "b", ""));
        member.asRoot(revoke("writer", "a", "b")).result();
        assertThat(((AuthRoleGetResponse)
                                member.getRole(AuthMember.ROOT, "writer").result())
                        .getPermList())
                .containsExactly(permission(Permission.Type.READ, "b", ""));
    }

    @Test
    void aDeletedRoleIsTakenFromItsUsers() {
        member.turnOn();
        member.asRoot(deleteRole("writer")).result();
        assertThat(member.getUser(AuthMember.ROOT, "alice").result())
                .isEqualTo(AuthUserGetResponse.getDefaultInstance());
        assertThat(member.as(member.alice(), request().setPut(put("a"))).error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
    }

    @Test
    void aUserWithoutPasswordCannotLogIn() {
        member.turnOn();
        member.asRoot(request()
                        .setAuthUserAdd(AuthUserAddRequest.newBuilder()
                                .setName("cn")
                                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))))
                .result();
        assertThat(member.login("cn").error()).isEqualTo(EtcdError.AUTH_FAILED);
        assertThat(hex(Bucket.AUTH_USERS, "cn")).isEqualTo("0a02636e" + "22020801");
    }

    @Test
    void whatIsNoHashIsRefused() {
        assertThat(member.asRoot(request()
                                .setAuthUserAdd(AuthUserAddRequest.newBuilder()
                                        .setName("alice")
                                        .setHashedPassword("not base64!")))
                        .error())
                .isEqualTo(EtcdError.NO_PASSWORD_USER);
    }

    private String hex(Bucket bucket, String key) {
        byte[] value = member.harness.backend.get(bucket, key.getBytes(StandardCharsets.UTF_8));
        return value == null ? "" : HexFormat.of().formatHex(value);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}

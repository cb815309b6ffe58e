package io.etcetera.server.auth;

import static io.etcetera.server.auth.AuthRequests.addRole;
import static io.etcetera.server.auth.AuthRequests.addUser;
import static io.etcetera.server.auth.AuthRequests.bytes;
import static io.etcetera.server.auth.AuthRequests.deleteUser;
import static io.etcetera.server.auth.AuthRequests.disable;
import static io.etcetera.server.auth.AuthRequests.inTxn;
import static io.etcetera.server.auth.AuthRequests.put;
import static io.etcetera.server.auth.AuthRequests.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.proto.etcdserverpb.AuthRoleGetResponse;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGetResponse;
import io.etcetera.proto.etcdserverpb.AuthenticateResponse;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the state of users, roles and permissions does to requests in the log, and to those who log in. */
class AuthorizationTest {
    private final AuthMember member;

    AuthorizationTest(@TempDir Path directory) {
        member = new AuthMember(directory);
    }

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void usersMayAskAboutThemselves() {
        member.turnOn();
        assertThat(member.getUser(member.alice(), "alice").result())
                .isEqualTo(AuthUserGetResponse.newBuilder().addRoles("writer").build());
        assertThat(member.getUser(member.alice(), "root").error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(member.getRole(member.alice(), "writer").result()).isInstanceOf(AuthRoleGetResponse.class);
        assertThat(member.getRole(member.alice(), "root").error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(member.getUser(Caller.NOBODY, "alice").error()).isEqualTo(EtcdError.USER_EMPTY);
        assertThat(member.getRole(Caller.NOBODY, "writer").error()).isEqualTo(EtcdError.USER_EMPTY);
    }

    @Test
    void onlyRootAdministers() {
        member.turnOn();
        assertThat(member.as(member.alice(), addUser("bob")).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(member.as(Caller.NOBODY, addUser("bob")).error()).isEqualTo(EtcdError.USER_EMPTY);
        assertThat(member.as(new Caller("gone", member.revision()), disable()).error())
                .isEqualTo(EtcdError.USER_NOT_FOUND);
    }

    @Test
    void anOldRevisionIsRefused() {
        member.turnOn();
        Caller before = member.alice();
        member.as(before, request().setPut(put("a"))).result();
        member.asRoot(addRole("other")).result();
        assertThat(member.as(before, request().setPut(put("a"))).error()).isEqualTo(EtcdError.AUTH_OLD_REVISION);
    }

    @Test
    void aDeletedUserIsRefused() {
        member.turnOn();
        member.asRoot(deleteUser("alice")).result();
        assertThat(member.as(member.alice(), request().setPut(put("a"))).error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
    }

    /** CVE-2021-28235 and its like: what must not be read is not read on the way either. */
    @Test
    void whatWasThereBeforeIsShownToReadersAlone() {
        member.turnOn();
        member.as(member.alice(), request().setPut(put("a"))).result();
        assertThat(member.as(member.alice(), request().setPut(put("a").setPrevKv(true)))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
        DeleteRangeRequest.Builder delete =
                DeleteRangeRequest.newBuilder().setKey(bytes("a")).setPrevKv(true);
        assertThat(member.as(member.alice(), request().setDeleteRange(delete)).error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(member.as(member.alice(), inTxn(RequestOp.newBuilder().setRequestPut(put("a").setPrevKv(true))))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
        assertThat(member.as(member.alice(), inTxn(RequestOp.newBuilder().setRequestDeleteRange(delete)))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
    }

    @Test
    void nestedTransactionsHideNothing() {
        member.turnOn();
        TxnRequest.Builder inner =
                TxnRequest.newBuilder().addFailure(RequestOp.newBuilder().setRequestPut(put("z")));
        for (int depth = 0; depth < 5; depth++) {
            assertThat(member.as(member.alice(), request().setTxn(inner)).error())
                    .isEqualTo(EtcdError.PERMISSION_DENIED);
            inner = TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put("a" + depth)))
                    .addFailure(RequestOp.newBuilder().setRequestTxn(inner));
        }
    }

    @Test
    void keysHangOnlyOnLeasesThatCouldBeRevoked() {
        member.turnOn();
        member.harness.grant(7, 60);
        member.asRoot(request().setPut(put("z").setLease(7))).result();
        assertThat(member.as(member.alice(), request().setPut(put("a").setLease(7)))
                        .error())
                .isEqualTo(EtcdError.PERMISSION_DENIED);
        RequestOp.Builder nested = RequestOp.newBuilder()
                .setRequestTxn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestPut(put("a").setLease(7))));
        assertThat(member.as(member.alice(), inTxn(nested)).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        InternalRaftRequest.Builder revoke =
                request().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7));
        assertThat(member.as(member.alice(), revoke.clone()).error()).isEqualTo(EtcdError.PERMISSION_DENIED);
        member.asRoot(revoke.clone()).result();
    }

    @Test
    void aTokenBearsTheIndexOfItsEntry() {
        assertThat(member.login("alice").error()).isEqualTo(EtcdError.AUTH_NOT_ENABLED);
        member.turnOn();
        assertThat(member.login("none").error()).isEqualTo(EtcdError.AUTH_FAILED);
        String token = ((AuthenticateResponse) member.login("alice").result()).getToken();
        assertThat(token).isEqualTo("prefix." + member.harness.applied.getAsLong());
        assertThat(member.resolve(token).result().username()).isEqualTo("alice");
    }

    @Test
    void aTokenDoesNotOutliveThePassword() {
        member.turnOn();
        String token = ((AuthenticateResponse) member.login("alice").result()).getToken();
        member.asRoot(request()
                        .setAuthUserChangePassword(
                                AuthUserChangePasswordRequest.newBuilder().setName("alice")))
                .result();
        assertThat(member.resolve(token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }
}

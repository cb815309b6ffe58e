package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.etcdserverpb.AuthDisableRequest;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Requests about users, roles and permissions as the log holds them, and such as need a permission. */
final class AuthRequests {
    private AuthRequests() {}

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    static InternalRaftRequest.Builder request() {
        return InternalRaftRequest.newBuilder();
    }

    static InternalRaftRequest.Builder enable() {
        return request().setAuthEnable(AuthEnableRequest.getDefaultInstance());
    }

    static InternalRaftRequest.Builder disable() {
        return request().setAuthDisable(AuthDisableRequest.getDefaultInstance());
    }

    static InternalRaftRequest.Builder addUser(String name) {
        String hash = Base64.getEncoder().encodeToString(("hash of " + name).getBytes(StandardCharsets.UTF_8));
        return request()
                .setAuthUserAdd(AuthUserAddRequest.newBuilder().setName(name).setHashedPassword(hash));
    }

    static InternalRaftRequest.Builder deleteUser(String name) {
        return request().setAuthUserDelete(AuthUserDeleteRequest.newBuilder().setName(name));
    }

    static InternalRaftRequest.Builder addRole(String name) {
        return request().setAuthRoleAdd(AuthRoleAddRequest.newBuilder().setName(name));
    }

    static InternalRaftRequest.Builder deleteRole(String name) {
        return request().setAuthRoleDelete(AuthRoleDeleteRequest.newBuilder().setRole(name));
    }

    static InternalRaftRequest.Builder grantRole(String user, String role) {
        return request()
                .setAuthUserGrantRole(
                        AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role));
    }

    static InternalRaftRequest.Builder revokeRole(String user, String role) {
        return request()
                .setAuthUserRevokeRole(
                        AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role));
    }

    static Permission permission(Permission.Type type, String key, String end) {
        return Permission.newBuilder()
                .setPermType(type)
                .setKey(bytes(key))
                .setRangeEnd(bytes(end))
                .build();
    }

    static InternalRaftRequest.Builder grant(String role, Permission.Type type, String key, String end) {
        return request()
                .setAuthRoleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                        .setName(role)
                        .setPerm(permission(type, key, end)));
    }

    static InternalRaftRequest.Builder revoke(String role, String key, String end) {
        return request()
                .setAuthRoleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(role)
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end)));
    }

    static PutRequest.Builder put(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v"));
    }

    static InternalRaftRequest.Builder inTxn(RequestOp.Builder op) {
        return request().setTxn(TxnRequest.newBuilder().addFailure(op));
    }
}

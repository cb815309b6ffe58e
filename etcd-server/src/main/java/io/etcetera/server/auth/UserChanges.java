package io.etcetera.server.auth;

import static io.etcetera.server.auth.AuthState.ROOT;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.User;
import io.etcetera.proto.authpb.UserAddOptions;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddResponse;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordRequest;
import io.etcetera.proto.etcdserverpb.AuthUserChangePasswordResponse;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthUserDeleteResponse;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleResponse;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthUserRevokeRoleResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes of users, in the order of the log. Apply thread only. Passwords come hashed: the log never holds them in clear. */
final class UserChanges {
    private static final Logger log = LoggerFactory.getLogger(UserChanges.class);
    private static final String USER_NAME = "user-name";

    private final AuthStore store;

    UserChanges(AuthStore store) {
        this.store = store;
    }

    /** The user of this name, whom a request takes for granted. */
    private User existing(String name) throws EtcdException {
        return store.get().user(name).orElseThrow(() -> new EtcdException(EtcdError.USER_NOT_FOUND));
    }

    private static ByteString decoded(String hashedPassword) throws EtcdException {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(hashedPassword));
        } catch (IllegalArgumentException e) {
            log.debug("a hashed password is not base64");
            throw new EtcdException(EtcdError.NO_PASSWORD_USER);
        }
    }

    AuthUserAddResponse add(AuthUserAddRequest request) throws EtcdException {
        if (request.getName().isEmpty()) {
            throw new EtcdException(EtcdError.USER_EMPTY);
        }
        if (store.get().user(request.getName()).isPresent()) {
            throw new EtcdException(EtcdError.USER_EXISTS);
        }
        UserAddOptions options = request.getOptions();
        User.Builder user = User.newBuilder().setName(request.getNameBytes()).setOptions(options);
        if (!options.getNoPassword()) {
            user.setPassword(decoded(request.getHashedPassword()));
        }
        store.edit().put(user.build()).commit();
        log.atInfo().addKeyValue(USER_NAME, request.getName()).log("added a user");
        return AuthUserAddResponse.getDefaultInstance();
    }

    AuthUserDeleteResponse delete(AuthUserDeleteRequest request) throws EtcdException {
        String name = request.getName();
        if (store.get().isEnabled() && name.equals(ROOT)) {
            throw new EtcdException(EtcdError.INVALID_AUTH_MGMT);
        }
        User user = existing(name);
        store.edit().deleteUser(name).commit();
        store.tokens().dropAllOf(name);
        log.atInfo()
                .addKeyValue(USER_NAME, name)
                .addKeyValue("user-roles", user.getRolesList())
                .log("deleted a user");
        return AuthUserDeleteResponse.getDefaultInstance();
    }

    AuthUserChangePasswordResponse changePassword(AuthUserChangePasswordRequest request) throws EtcdException {
        User user = existing(request.getName());
        User.Builder changed = user.toBuilder().clearPassword();
        if (!user.getOptions().getNoPassword()) {
            changed.setPassword(decoded(request.getHashedPassword()));
        }
        store.edit().put(changed.build()).commit();
        store.tokens().dropAllOf(request.getName());
        log.atInfo()
                .addKeyValue(USER_NAME, request.getName())
                .addKeyValue("user-roles", user.getRolesList())
                .log("changed a password of a user");
        return AuthUserChangePasswordResponse.getDefaultInstance();
    }

    /** The role root need not exist. Granting what is granted already is no change. */
    AuthUserGrantRoleResponse grantRole(AuthUserGrantRoleRequest request) throws EtcdException {
        User user = existing(request.getUser());
        String role = request.getRole();
        if (!role.equals(ROOT) && store.get().role(role).isEmpty()) {
            throw new EtcdException(EtcdError.ROLE_NOT_FOUND);
        }
        if (user.getRolesList().contains(role)) {
            log.atWarn()
                    .addKeyValue(USER_NAME, request.getUser())
                    .addKeyValue("duplicate-role-name", role)
                    .log("ignored grant role request to a user");
            return AuthUserGrantRoleResponse.getDefaultInstance();
        }
        List<String> roles = new ArrayList<>(user.getRolesList());
        roles.add(role);
        store.edit().put(withRoles(user, inOrder(roles))).commit();
        log.atInfo()
                .addKeyValue(USER_NAME, request.getUser())
                .addKeyValue("added-role-name", role)
                .log("granted a role to a user");
        return AuthUserGrantRoleResponse.getDefaultInstance();
    }

    AuthUserRevokeRoleResponse revokeRole(AuthUserRevokeRoleRequest request) throws EtcdException {
        String name = request.getName();
        String role = request.getRole();
        if (store.get().isEnabled() && name.equals(ROOT) && role.equals(ROOT)) {
            throw new EtcdException(EtcdError.INVALID_AUTH_MGMT);
        }
        User user = existing(name);
        if (!user.getRolesList().contains(role)) {
            throw new EtcdException(EtcdError.ROLE_NOT_GRANTED);
        }
        store.edit().put(withoutRole(user, role)).commit();
        log.atInfo()
                .addKeyValue(USER_NAME, name)
                .addKeyValue("revoked-role-name", role)
                .log("revoked a role from a user");
        return AuthUserRevokeRoleResponse.getDefaultInstance();
    }

    /** By bytes, as etcd orders them and relies on. */
    private static List<String> inOrder(List<String> roles) {
        return roles.stream()
                .map(ByteString::copyFromUtf8)
                .sorted(ByteString.unsignedLexicographicalComparator())
                .map(ByteString::toStringUtf8)
                .toList();
    }

    static User withoutRole(User user, String role) {
        return withRoles(
                user, user.getRolesList().stream().filter(r -> !r.equals(role)).toList());
    }

    private static User withRoles(User user, List<String> roles) {
        return user.toBuilder().clearRoles().addAllRoles(roles).build();
    }
}

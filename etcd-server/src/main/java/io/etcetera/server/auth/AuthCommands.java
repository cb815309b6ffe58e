package io.etcetera.server.auth;

import static io.etcetera.server.auth.AuthState.ROOT;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.authpb.Role;
import io.etcetera.proto.authpb.User;
import io.etcetera.proto.etcdserverpb.AuthDisableResponse;
import io.etcetera.proto.etcdserverpb.AuthEnableResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleGetResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleListResponse;
import io.etcetera.proto.etcdserverpb.AuthStatusResponse;
import io.etcetera.proto.etcdserverpb.AuthUserGetResponse;
import io.etcetera.proto.etcdserverpb.AuthUserListResponse;
import io.etcetera.proto.etcdserverpb.AuthenticateResponse;
import io.etcetera.proto.etcdserverpb.InternalAuthenticateRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests about users and roles that came through the log, questions among them. Apply thread only, inside an entry of the
 * backend. Who may ask is checked before this.
 */
public final class AuthCommands {
    private static final Logger log = LoggerFactory.getLogger(AuthCommands.class);
    private static final Permission EVERYTHING = Permission.newBuilder()
            .setPermType(Permission.Type.READWRITE)
            .setRangeEnd(ByteString.copyFrom(new byte[1]))
            .build();

    private final AuthStore store;
    private final UserChanges users;
    private final RoleChanges roles;

    public AuthCommands(AuthStore store) {
        this.store = store;
        this.users = new UserChanges(store);
        this.roles = new RoleChanges(store);
    }

    /** The state that requests are checked against. */
    public AuthState state() {
        return store.get();
    }

    /** Takes over the state in the store, after that has been replaced. */
    public void reload() {
        store.reload();
    }

    /** Turns authentication on; does nothing if it is. */
    public AuthEnableResponse enable() throws EtcdException {
        if (state().isEnabled()) {
            log.info("authentication is already enabled; ignored auth enable request");
            return AuthEnableResponse.getDefaultInstance();
        }
        User root = state().user(ROOT).orElseThrow(() -> new EtcdException(EtcdError.ROOT_USER_NOT_EXIST));
        if (!AuthState.hasRootRole(root)) {
            throw new EtcdException(EtcdError.ROOT_ROLE_NOT_EXIST);
        }
        store.enable();
        log.info("enabled authentication");
        return AuthEnableResponse.getDefaultInstance();
    }

    /** Turns authentication off; does nothing if it is. */
    public AuthDisableResponse disable() {
        if (state().isEnabled()) {
            store.disable();
            log.info("disabled authentication");
        }
        return AuthDisableResponse.getDefaultInstance();
    }

    public AuthStatusResponse status() {
        return AuthStatusResponse.newBuilder()
                .setEnabled(state().isEnabled())
                .setAuthRevision(state().revision())
                .build();
    }

    /**
     * Gives a token to a user whose password the proposer has checked, and checked against the present state: see {@link
     * Authenticator}.
     *
     * @param index of the entry that asks for it
     */
    public AuthenticateResponse authenticate(InternalAuthenticateRequest request, long index) throws EtcdException {
        if (!state().isEnabled()) {
            throw new EtcdException(EtcdError.AUTH_NOT_ENABLED);
        }
        User user = state().user(request.getName()).orElseThrow(() -> new EtcdException(EtcdError.AUTH_FAILED));
        if (user.getOptions().getNoPassword()) {
            throw new EtcdException(EtcdError.AUTH_FAILED);
        }
        String token = store.tokens().assign(request.getName(), request.getSimpleToken(), index);
        return AuthenticateResponse.newBuilder().setToken(token).build();
    }

    public AuthUserGetResponse getUser(String name) throws EtcdException {
        User user = state().user(name).orElseThrow(() -> new EtcdException(EtcdError.USER_NOT_FOUND));
        return AuthUserGetResponse.newBuilder().addAllRoles(user.getRolesList()).build();
    }

    public AuthRoleGetResponse getRole(String name) throws EtcdException {
        Role role = state().role(name).orElseThrow(() -> new EtcdException(EtcdError.ROLE_NOT_FOUND));
        AuthRoleGetResponse.Builder response = AuthRoleGetResponse.newBuilder();
        return name.equals(ROOT)
                ? response.addPerm(EVERYTHING).build()
                : response.addAllPerm(role.getKeyPermissionList()).build();
    }

    /** What root alone may do. The response has no header yet. */
    public Message administer(InternalRaftRequest request) throws EtcdException {
        if (request.hasAuthEnable()) {
            return enable();
        } else if (request.hasAuthDisable()) {
            return disable();
        } else if (request.hasAuthUserAdd()) {
            return users.add(request.getAuthUserAdd());
        } else if (request.hasAuthUserDelete()) {
            return users.delete(request.getAuthUserDelete());
        } else if (request.hasAuthUserChangePassword()) {
            return users.changePassword(request.getAuthUserChangePassword());
        } else if (request.hasAuthUserGrantRole()) {
            return users.grantRole(request.getAuthUserGrantRole());
        } else if (request.hasAuthUserRevokeRole()) {
            return users.revokeRole(request.getAuthUserRevokeRole());
        } else if (request.hasAuthUserList()) {
            return AuthUserListResponse.newBuilder()
                    .addAllUsers(state().userNames())
                    .build();
        }
        return administerRoles(request);
    }

    private Message administerRoles(InternalRaftRequest request) throws EtcdException {
        if (request.hasAuthRoleAdd()) {
            return roles.add(request.getAuthRoleAdd());
        } else if (request.hasAuthRoleDelete()) {
            return roles.delete(request.getAuthRoleDelete());
        } else if (request.hasAuthRoleGrantPermission()) {
            return roles.grant(request.getAuthRoleGrantPermission());
        } else if (request.hasAuthRoleRevokePermission()) {
            return roles.revoke(request.getAuthRoleRevokePermission());
        } else if (request.hasAuthRoleList()) {
            return AuthRoleListResponse.newBuilder()
                    .addAllRoles(state().roleNames())
                    .build();
        }
        throw new IllegalArgumentException("not a request that only root may make");
    }
}

package io.etcetera.server.auth;

import static io.etcetera.server.auth.AuthState.ROOT;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.authpb.Role;
import io.etcetera.proto.authpb.User;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleAddResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleDeleteResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleGrantPermissionResponse;
import io.etcetera.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import io.etcetera.proto.etcdserverpb.AuthRoleRevokePermissionResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes of roles, in the order of the log. Apply thread only. */
final class RoleChanges {
    private static final Logger log = LoggerFactory.getLogger(RoleChanges.class);
    private static final String ROLE_NAME = "role-name";
    private static final Comparator<ByteString> BYTES = ByteString.unsignedLexicographicalComparator();

    private final AuthStore store;

    RoleChanges(AuthStore store) {
        this.store = store;
    }

    /** The role of this name, which a request takes for granted. */
    private Role existing(String name) throws EtcdException {
        return store.get().role(name).orElseThrow(() -> new EtcdException(EtcdError.ROLE_NOT_FOUND));
    }

    AuthRoleAddResponse add(AuthRoleAddRequest request) throws EtcdException {
        if (request.getName().isEmpty()) {
            throw new EtcdException(EtcdError.ROLE_EMPTY);
        }
        if (store.get().role(request.getName()).isPresent()) {
            throw new EtcdException(EtcdError.ROLE_EXISTS);
        }
        store.edit()
                .put(Role.newBuilder().setName(request.getNameBytes()).build())
                .commit();
        log.atInfo().addKeyValue(ROLE_NAME, request.getName()).log("created a role");
        return AuthRoleAddResponse.getDefaultInstance();
    }

    /** Takes the role from its users, too. */
    AuthRoleDeleteResponse delete(AuthRoleDeleteRequest request) throws EtcdException {
        String name = request.getRole();
        AuthState state = store.get();
        if (state.isEnabled() && name.equals(ROOT)) {
            throw new EtcdException(EtcdError.INVALID_AUTH_MGMT);
        }
        existing(name);
        AuthStore.Edit edit = store.edit().deleteRole(name);
        for (User user : state.users().values()) {
            if (user.getRolesList().contains(name)) {
                edit.put(UserChanges.withoutRole(user, name));
            }
        }
        edit.commit();
        log.atInfo().addKeyValue(ROLE_NAME, name).log("deleted a role");
        return AuthRoleDeleteResponse.getDefaultInstance();
    }

    AuthRoleGrantPermissionResponse grant(AuthRoleGrantPermissionRequest request) throws EtcdException {
        if (!request.hasPerm()) {
            throw new EtcdException(EtcdError.PERMISSION_NOT_GIVEN);
        }
        Permission granted = request.getPerm();
        if (!KeyIntervals.isRange(granted.getKey(), granted.getRangeEnd())) {
            throw new EtcdException(EtcdError.INVALID_AUTH_MGMT);
        }
        Role role = existing(request.getName());
        store.edit()
                .put(role.toBuilder()
                        .clearKeyPermission()
                        .addAllKeyPermission(with(role.getKeyPermissionList(), granted))
                        .build())
                .commit();
        log.atInfo()
                .addKeyValue(ROLE_NAME, request.getName())
                .addKeyValue("permission-name", granted.getPermType())
                .log("granted/updated a permission to a role");
        return AuthRoleGrantPermissionResponse.getDefaultInstance();
    }

    /**
     * Adds a permission, or changes the type of the one that is there for the same range. As in etcd, that is found only if no
     * other range with the same first key comes before it.
     */
    private static List<Permission> with(List<Permission> permissions, Permission granted) {
        List<Permission> changed = new ArrayList<>(permissions);
        int index = 0;
        while (index < changed.size() && BYTES.compare(changed.get(index).getKey(), granted.getKey()) < 0) {
            index++;
        }
        if (index < changed.size() && isFor(changed.get(index), granted.getKey(), granted.getRangeEnd())) {
            changed.set(index, granted);
        } else {
            changed.add(granted);
            changed.sort(Comparator.comparing(Permission::getKey, BYTES));
        }
        return changed;
    }

    private static boolean isFor(Permission permission, ByteString key, ByteString rangeEnd) {
        return permission.getKey().equals(key) && permission.getRangeEnd().equals(rangeEnd);
    }

    AuthRoleRevokePermissionResponse revoke(AuthRoleRevokePermissionRequest request) throws EtcdException {
        Role role = existing(request.getRole());
        List<Permission> kept = role.getKeyPermissionList().stream()
                .filter(permission -> !isFor(permission, request.getKey(), request.getRangeEnd()))
                .toList();
        if (kept.size() == role.getKeyPermissionCount()) {
            throw new EtcdException(EtcdError.PERMISSION_NOT_GRANTED);
        }
        store.edit()
                .put(role.toBuilder()
                        .clearKeyPermission()
                        .addAllKeyPermission(kept)
                        .build())
                .commit();
        log.atInfo().addKeyValue(ROLE_NAME, request.getRole()).log("revoked a permission on range");
        return AuthRoleRevokePermissionResponse.getDefaultInstance();
    }
}

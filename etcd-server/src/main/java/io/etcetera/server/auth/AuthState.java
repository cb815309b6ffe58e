package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import io.etcetera.proto.authpb.Role;
import io.etcetera.proto.authpb.User;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.auth.KeyRights.Deed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Users, roles and whether all this is on, at one revision. Immutable, so that whoever checks a request checks all of it against
 * one state. The rights of a user are put together when they are first asked for.
 */
public final class AuthState {
    /** The user and the role that may do everything. */
    static final String ROOT = "root";

    static final long FIRST_REVISION = 1;

    /** What a new cluster has. */
    public static final AuthState OFF = new AuthState(false, FIRST_REVISION, Map.of(), Map.of());

    private final boolean enabled;
    private final long revision;
    private final Map<String, User> users;
    private final Map<String, Role> roles;
    private final Map<String, KeyRights> rights = new ConcurrentHashMap<>();

    /**
     * @param users by name
     * @param roles by name
     */
    public AuthState(boolean enabled, long revision, Map<String, User> users, Map<String, Role> roles) {
        this.enabled = enabled;
        this.revision = revision;
        this.users = Map.copyOf(users);
        this.roles = Map.copyOf(roles);
    }

    /** Whether callers have to say who they are. */
    public boolean isEnabled() {
        return enabled;
    }

    /** Grows with every change of users and roles. */
    public long revision() {
        return revision;
    }

    Map<String, User> users() {
        return users;
    }

    Map<String, Role> roles() {
        return roles;
    }

    Optional<User> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    Optional<Role> role(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    static boolean hasRootRole(User user) {
        return user.getRolesList().contains(ROOT);
    }

    /**
     * Refuses callers who have not said who they are.
     *
     * @throws EtcdException USER_EMPTY
     */
    public void requireUser(Caller caller) throws EtcdException {
        if (enabled && caller.isNobody()) {
            throw new EtcdException(EtcdError.USER_EMPTY);
        }
    }

    /**
     * Refuses callers without the root role. Of which revision the proof of identity is does not matter here, as in etcd.
     *
     * @throws EtcdException USER_EMPTY, USER_NOT_FOUND or PERMISSION_DENIED
     */
    public void requireAdmin(Caller caller) throws EtcdException {
        if (!enabled) {
            return;
        }
        if (caller.username().isEmpty()) {
            throw new EtcdException(EtcdError.USER_EMPTY);
        }
        User user = users.get(caller.username());
        if (user == null) {
            throw new EtcdException(EtcdError.USER_NOT_FOUND);
        }
        if (!hasRootRole(user)) {
            throw new EtcdException(EtcdError.PERMISSION_DENIED);
        }
    }

    /** Whether {@link #requireAdmin} would let the caller pass. */
    boolean isAdmin(Caller caller) {
        if (!enabled) {
            return true;
        }
        User user = users.get(caller.username());
        return user != null && hasRootRole(user);
    }

    /**
     * Refuses callers who may not do something to a key, or to all keys of a range.
     *
     * @throws EtcdException USER_EMPTY, AUTH_OLD_REVISION or PERMISSION_DENIED
     */
    void require(Caller caller, Deed deed, ByteString key, ByteString rangeEnd) throws EtcdException {
        if (!enabled) {
            return;
        }
        if (caller.authRevision() == 0) {
            throw new EtcdException(EtcdError.USER_EMPTY);
        }
        if (Long.compareUnsigned(caller.authRevision(), revision) < 0) {
            throw new EtcdException(EtcdError.AUTH_OLD_REVISION);
        }
        User user = users.get(caller.username());
        if (user == null
                || !(hasRootRole(user) || rightsOf(caller.username(), user).allow(deed, key, rangeEnd))) {
            throw new EtcdException(EtcdError.PERMISSION_DENIED);
        }
    }

    private KeyRights rightsOf(String name, User user) {
        return rights.computeIfAbsent(name, missing -> KeyRights.of(permissionsOf(user)));
    }

    private List<Permission> permissionsOf(User user) {
        return user.getRolesList().stream()
                .flatMap(name -> role(name).stream())
                .flatMap(role -> role.getKeyPermissionList().stream())
                .toList();
    }

    /** Names of users, as the store orders them. */
    List<String> userNames() {
        return inOrder(users.values().stream().map(User::getName));
    }

    /** Names of roles, as the store orders them. */
    List<String> roleNames() {
        return inOrder(roles.values().stream().map(Role::getName));
    }

    private static List<String> inOrder(Stream<ByteString> names) {
        return names.sorted(ByteString.unsignedLexicographicalComparator())
                .map(ByteString::toStringUtf8)
                .toList();
    }
}

package io.etcetera.server.auth;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.proto.authpb.Role;
import io.etcetera.proto.authpb.User;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The users and roles of the cluster: what is in the buckets, and the same in memory. Changed by the apply thread alone, inside an
 * entry of the backend; anyone may read the state, which is replaced as a whole.
 */
public final class AuthStore implements Supplier<AuthState> {
    private final AuthBuckets buckets;
    private final Tokens tokens;
    private volatile AuthState state;

    /**
     * Loads what is in the backend.
     *
     * @param tokens what callers of this member are given; useless while the state says that nobody needs one
     */
    public AuthStore(Backend backend, Tokens tokens) {
        this.buckets = new AuthBuckets(backend);
        this.tokens = tokens;
        this.state = buckets.load();
        if (state.isEnabled()) {
            tokens.enable();
        }
    }

    /** Takes over what is in the backend by now, after another store was put in its place. Apply thread only. */
    public void reload() {
        AuthState loaded = buckets.load();
        if (loaded.isEnabled()) {
            tokens.enable();
        }
        state = loaded;
    }

    /** The state at this moment. One volatile read. */
    @Override
    public AuthState get() {
        return state;
    }

    Tokens tokens() {
        return tokens;
    }

    /** Turns it on, which is no change of users and roles. */
    void enable() {
        buckets.putEnabled(true);
        tokens.enable();
        state = new AuthState(true, state.revision(), state.users(), state.roles());
    }

    /** Turns it off; whoever turns it on again finds another revision. */
    void disable() {
        buckets.putEnabled(false);
        long next = state.revision() + 1;
        buckets.putRevision(next);
        state = new AuthState(false, next, state.users(), state.roles());
        tokens.disable();
    }

    /** A change of users and roles, which becomes the next revision when it is committed. */
    Edit edit() {
        return new Edit(state);
    }

    /** Changes that belong together. */
    final class Edit {
        private final AuthState before;
        private final Map<String, User> users;
        private final Map<String, Role> roles;

        private Edit(AuthState before) {
            this.before = before;
            this.users = new HashMap<>(before.users());
            this.roles = new HashMap<>(before.roles());
        }

        Edit put(User user) {
            buckets.put(user);
            users.put(user.getName().toStringUtf8(), user);
            return this;
        }

        Edit put(Role role) {
            buckets.put(role);
            roles.put(role.getName().toStringUtf8(), role);
            return this;
        }

        Edit deleteUser(String name) {
            buckets.deleteUser(name);
            users.remove(name);
            return this;
        }

        Edit deleteRole(String name) {
            buckets.deleteRole(name);
            roles.remove(name);
            return this;
        }

        void commit() {
            long next = before.revision() + 1;
            buckets.putRevision(next);
            state = new AuthState(before.isEnabled(), next, users, roles);
        }
    }
}

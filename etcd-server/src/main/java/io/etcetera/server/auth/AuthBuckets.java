package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.proto.authpb.Role;
import io.etcetera.proto.authpb.User;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The state in the store, encoded as etcd encodes it: {@code authUsers} and {@code authRoles} hold messages by name, {@code auth}
 * holds the switch as one byte and the revision in eight, the highest first. Writes are made on the apply thread, inside an entry.
 */
final class AuthBuckets {
    private static final byte[] ENABLED = "authEnabled".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REVISION = "authRevision".getBytes(StandardCharsets.US_ASCII);

    private final Backend backend;

    AuthBuckets(Backend backend) {
        this.backend = backend;
    }

    /** @throws CorruptStoreException if a record is not what it should be */
    AuthState load() {
        Map<String, User> users = new HashMap<>();
        Map<String, Role> roles = new HashMap<>();
        try {
            for (byte[] record : values(Bucket.AUTH_USERS)) {
                User user = User.parseFrom(record);
                users.put(user.getName().toStringUtf8(), user);
            }
            for (byte[] record : values(Bucket.AUTH_ROLES)) {
                Role role = Role.parseFrom(record);
                roles.put(role.getName().toStringUtf8(), role);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptStoreException("a record of a user or a role cannot be read", e);
        }
        byte[] enabled = backend.get(Bucket.AUTH, ENABLED);
        return new AuthState(enabled != null && enabled.length == 1 && enabled[0] == 1, revision(), users, roles);
    }

    /** A store from before the first change has none. */
    private long revision() {
        byte[] revision = backend.get(Bucket.AUTH, REVISION);
        if (revision == null) {
            return AuthState.FIRST_REVISION;
        }
        if (revision.length != Long.BYTES) {
            throw new CorruptStoreException("the revision of users and roles has " + revision.length + " bytes");
        }
        return ByteBuffer.wrap(revision).getLong();
    }

    private Iterable<byte[]> values(Bucket bucket) {
        Map<ByteString, byte[]> values = new HashMap<>();
        backend.forEach(bucket, (key, value) -> values.put(ByteString.copyFrom(key), value));
        return values.values();
    }

    void put(User user) {
        backend.put(Bucket.AUTH_USERS, user.getName().toByteArray(), user.toByteArray());
    }

    void put(Role role) {
        backend.put(Bucket.AUTH_ROLES, role.getName().toByteArray(), role.toByteArray());
    }

    void deleteUser(String name) {
        backend.delete(Bucket.AUTH_USERS, name.getBytes(StandardCharsets.UTF_8));
    }

    void deleteRole(String name) {
        backend.delete(Bucket.AUTH_ROLES, name.getBytes(StandardCharsets.UTF_8));
    }

    void putEnabled(boolean enabled) {
        backend.put(Bucket.AUTH, ENABLED, new byte[] {(byte) (enabled ? 1 : 0)});
    }

    void putRevision(long revision) {
        backend.put(
                Bucket.AUTH,
                REVISION,
                ByteBuffer.allocate(Long.BYTES).putLong(revision).array());
    }
}

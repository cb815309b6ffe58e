package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.proto.authpb.Permission;
import java.util.List;

/** What one user may read and write, by all roles together. */
record KeyRights(KeyIntervals readable, KeyIntervals writable) {

    /** What is done to keys. */
    enum Deed {
        READ,
        WRITE
    }

    static KeyRights of(List<Permission> permissions) {
        return new KeyRights(allowing(permissions, Permission.Type.READ), allowing(permissions, Permission.Type.WRITE));
    }

    private static KeyIntervals allowing(List<Permission> permissions, Permission.Type type) {
        return KeyIntervals.of(permissions.stream()
                .filter(permission ->
                        permission.getPermType() == type || permission.getPermType() == Permission.Type.READWRITE)
                .toList());
    }

    boolean allow(Deed deed, ByteString key, ByteString rangeEnd) {
        return switch (deed) {
            case READ -> readable.cover(key, rangeEnd);
            case WRITE -> writable.cover(key, rangeEnd);
        };
    }
}

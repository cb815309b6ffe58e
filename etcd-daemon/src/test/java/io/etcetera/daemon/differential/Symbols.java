package io.etcetera.daemon.differential;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * Numbers that stand in requests for what is known only when they are sent: revisions counted from the current one, and
 * leases whose ID the server chose. With them a sequence of operations follows from its seed alone, and keeps its
 * meaning when operations are taken out of it.
 *
 * <p>Not safe for use by several threads at once.
 */
final class Symbols {
    private static final long CURRENT_REVISION = 0x5EED_0000_0000_0000L;
    private static final long FIRST_LEASE = 0x1EA5_0000_0000_0000L;
    private static final long REACH = 1 << 20;

    private final Map<Server, Map<Long, Long>> idsBySymbol = new EnumMap<>(Server.class);
    private final Map<Server, Map<Long, Long>> symbolsById = new EnumMap<>(Server.class);
    /** A fresh store is at revision 1. */
    private long currentRevision = 1;

    Symbols() {
        for (Server server : Server.values()) {
            idsBySymbol.put(server, new HashMap<>());
            symbolsById.put(server, new HashMap<>());
        }
    }

    /** Stands for a revision so much above the current one, or below it. */
    static long revision(long offset) {
        return CURRENT_REVISION + offset;
    }

    /** Stands for a lease with an ID of the server's choice. In a grant it asks for one. */
    static long lease(int number) {
        return FIRST_LEASE + number;
    }

    static boolean isLease(long value) {
        return value >= FIRST_LEASE && value < FIRST_LEASE + REACH;
    }

    private static boolean isRevision(long value) {
        return Math.abs(value - CURRENT_REVISION) < REACH;
    }

    /** Takes note of a revision seen in an answer. */
    void observeRevision(long revision) {
        currentRevision = Math.max(currentRevision, revision);
    }

    long currentRevision() {
        return currentRevision;
    }

    /** Takes note of the ID that a server chose. */
    void granted(Server server, long symbol, long id) {
        Map<Long, Long> ids = idsBySymbol.get(server);
        Map<Long, Long> symbols = symbolsById.get(server);
        if (ids != null && symbols != null) {
            ids.put(symbol, id);
            symbols.put(id, symbol);
        }
    }

    /** The request to send to a server. */
    @SuppressWarnings("unchecked")
    <M extends Message> M resolve(M request, Server server) {
        Map<Long, Long> ids = idsBySymbol.getOrDefault(server, Map.of());
        if (request instanceof LeaseGrantRequest grant && isLease(grant.getID())) {
            return (M) grant.toBuilder().clearID().build();
        }
        return replace(request, value -> {
            if (isRevision(value)) {
                return currentRevision + (value - CURRENT_REVISION);
            }
            return isLease(value) ? ids.getOrDefault(value, value) : value;
        });
    }

    /** An answer of a server with the IDs of its own choice replaced by what stands for them. */
    <M extends Message> M unresolve(M answer, Server server) {
        Map<Long, Long> symbols = symbolsById.getOrDefault(server, Map.of());
        return symbols.isEmpty() ? answer : replace(answer, value -> symbols.getOrDefault(value, value));
    }

    /** The message with all 64-bit integers in it, at any depth, replaced; the same object if none changes. */
    @SuppressWarnings("unchecked")
    private static <M extends Message> M replace(M message, LongUnaryOperator replacement) {
        Message.Builder changed = message.toBuilder();
        boolean any = false;
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            Object value = field.getValue();
            Object replaced = value instanceof List<?> list
                    ? replaceAll(field.getKey(), list, replacement)
                    : replaceOne(field.getKey(), value, replacement);
            if (!replaced.equals(value)) {
                changed.setField(field.getKey(), replaced);
                any = true;
            }
        }
        return any ? (M) changed.build() : message;
    }

    private static List<Object> replaceAll(FieldDescriptor field, List<?> values, LongUnaryOperator replacement) {
        List<Object> replaced = new ArrayList<>(values.size());
        for (Object value : values) {
            replaced.add(replaceOne(field, value, replacement));
        }
        return replaced;
    }

    private static Object replaceOne(FieldDescriptor field, Object value, LongUnaryOperator replacement) {
        if (field.getJavaType() == JavaType.LONG) {
            return replacement.applyAsLong((Long) value);
        }
        return field.getJavaType() == JavaType.MESSAGE ? replace((Message) value, replacement) : value;
    }
}

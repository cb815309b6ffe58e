package io.etcetera.server.text;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Requests as etcd's log shows them: much like protobuf's text form, but the values that users store appear as their
 * sizes only, and secrets not at all. Costs more than most requests; for the log alone.
 */
public final class RequestText {
    private static final Set<String> SECRETS = Set.of("password", "hashedPassword", "simple_token");

    private RequestText() {}

    /** A request as it is in the log. */
    public static String of(InternalRaftRequest request) {
        String header = "header:<" + fields(request.getHeader()) + "> ";
        if (request.hasPut()) {
            return header + "put:<" + fields(request.getPut()) + " >";
        } else if (request.hasTxn()) {
            return header + "txn:<" + of(request.getTxn()) + ">";
        } else if (request.hasLeaseGrant()) {
            return header + "lease_grant:<ttl:" + request.getLeaseGrant().getTTL() + "-second id:"
                    + id(request.getLeaseGrant().getID()) + ">";
        } else if (request.hasLeaseRevoke()) {
            return header + "lease_revoke:<id:" + id(request.getLeaseRevoke().getID()) + ">";
        }
        return "header:{" + fields(request.getHeader()) + "} "
                + fields(request.toBuilder().clearHeader().build());
    }

    /** A transaction, with what is in it. */
    public static String of(TxnRequest txn) {
        return "compare:<"
                + txn.getCompareList().stream().map(RequestText::of).collect(Collectors.joining(" "))
                + "> success:<" + ops(txn.getSuccessList())
                + "> failure:<" + ops(txn.getFailureList()) + ">";
    }

    /** One with a value goes through other hands in etcd, which leave a space at the end. */
    private static String of(Compare compare) {
        return fields(compare) + (compare.getTargetUnionCase() == Compare.TargetUnionCase.VALUE ? " " : "");
    }

    private static String ops(List<RequestOp> ops) {
        return ops.stream().map(RequestText::of).collect(Collectors.joining(" "));
    }

    private static String of(RequestOp op) {
        if (op.hasRequestPut()) {
            return "request_put:<" + fields(op.getRequestPut()) + " >";
        } else if (op.hasRequestTxn()) {
            return "request_txn:<" + of(op.getRequestTxn()) + ">";
        }
        return fields(op);
    }

    /** Any other request: its fields that are not empty. */
    public static String fields(Message message) {
        List<String> fields = new ArrayList<>();
        Map<FieldDescriptor, Object> present = message.getAllFields();
        for (FieldDescriptor descriptor : message.getDescriptorForType().getFields()) {
            Object value = present.get(descriptor);
            if (value instanceof Collection<?> values) {
                values.forEach(one -> fields.add(field(descriptor, one)));
            } else if (value != null && !SECRETS.contains(descriptor.getName())) {
                fields.add(field(descriptor, value));
            }
        }
        return String.join(" ", fields);
    }

    private static String field(FieldDescriptor descriptor, Object value) {
        String name = descriptor.getName();
        if (value instanceof ByteString bytes) {
            return name.equals("value")
                    ? "value_size:" + bytes.size()
                    : name + ":\"" + TextFormat.escapeBytes(bytes) + '"';
        } else if (value instanceof Message message) {
            return name + ":{" + fields(message) + '}';
        } else if (value instanceof String text) {
            return name + ":\"" + TextFormat.escapeDoubleQuotesAndBackslashes(text) + '"';
        } else if (value instanceof EnumValueDescriptor constant) {
            return name + ':' + constant.getName();
        } else if (descriptor.getType() == FieldDescriptor.Type.UINT64 && value instanceof Long number) {
            return name + ':' + Long.toUnsignedString(number);
        }
        return name + ':' + value;
    }

    private static String id(long id) {
        return String.format(Locale.ROOT, "%016x", id);
    }
}

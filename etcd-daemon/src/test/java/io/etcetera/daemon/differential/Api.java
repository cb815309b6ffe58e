package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.RangeStreamResponse;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;

/** The methods that are compared. */
@SuppressWarnings("ImmutableEnumChecker") // method descriptors are immutable, and do not say so
enum Api {
    RANGE(KVGrpc.getRangeMethod(), false),
    RANGE_STREAM(KVGrpc.getRangeStreamMethod(), false),
    PUT(KVGrpc.getPutMethod(), true),
    DELETE_RANGE(KVGrpc.getDeleteRangeMethod(), true),
    TXN(KVGrpc.getTxnMethod(), true),
    COMPACT(KVGrpc.getCompactMethod(), true),
    LEASE_GRANT(LeaseGrpc.getLeaseGrantMethod(), true),
    LEASE_REVOKE(LeaseGrpc.getLeaseRevokeMethod(), true),
    /** A renewal changes no replicated state, but the order in which leases expire. */
    LEASE_KEEP_ALIVE(LeaseGrpc.getLeaseKeepAliveMethod(), true),
    LEASE_TIME_TO_LIVE(LeaseGrpc.getLeaseTimeToLiveMethod(), false),
    LEASE_LEASES(LeaseGrpc.getLeaseLeasesMethod(), false),
    HASH_KV(MaintenanceGrpc.getHashKVMethod(), false);

    private final MethodDescriptor<?, ?> method;
    private final boolean changes;

    Api(MethodDescriptor<?, ?> method, boolean changes) {
        this.method = method;
        this.changes = changes;
    }

    String fullMethodName() {
        return method.getFullMethodName();
    }

    /** Whether answers may depend on the order of this call among others. */
    boolean changes() {
        return changes;
    }

    /** A streamed range comes in wrappers that hold nothing else, and is returned without. */
    Message parseResponse(ByteString bytes) throws InvalidProtocolBufferException {
        CodedInputStream input = bytes.newCodedInput();
        // Protobuf's own limit of 100 is less than what a nested transaction's answer can have.
        input.setRecursionLimit(1000);
        Message message =
                prototype(method.getResponseMarshaller()).getParserForType().parseFrom(input);
        return message instanceof RangeStreamResponse chunk ? chunk.getRangeResponse() : message;
    }

    Message requestPrototype() {
        return prototype(method.getRequestMarshaller());
    }

    private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
        if (marshaller instanceof PrototypeMarshaller<?> generated
                && generated.getMessagePrototype() instanceof Message message) {
            return message;
        }
        throw new IllegalStateException("not a marshaller of protobuf messages: " + marshaller);
    }
}

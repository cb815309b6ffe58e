package io.etcetera.server.rpc.call;

import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdError;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.metrics.RpcMetrics;
import io.etcetera.server.rpc.StatusTable;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every call passes before its handler sees it: a look at its metadata. In etcd these are interceptors; here it is
 * one call, so that nothing is wrapped. The order of the checks is etcd's.
 */
public final class CallGate {
    private static final Metadata.Key<byte[]> CLIENT_API_VERSION = InternalMetadata.keyOf("client-api-version", raw());
    private static final Metadata.Key<byte[]> HAS_LEADER = InternalMetadata.keyOf("hasleader", raw());
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);

    /** All that a learner serves: of these, it refuses linearizable ranges when it sees them. */
    private static final Set<String> SERVED_BY_LEARNERS = Set.of(
            MaintenanceGrpc.getStatusMethod().getFullMethodName(),
            MaintenanceGrpc.getSnapshotMethod().getFullMethodName(),
            KVGrpc.getRangeMethod().getFullMethodName());

    private final RaftNode raft;
    private final Membership membership;
    private final RpcMetrics metrics;
    private volatile ClientVersion lastVersion = new ClientVersion(new byte[0], "unknown");

    /** What a client says it speaks; most say the same, and then nothing is made anew. */
    private record ClientVersion(byte[] bytes, String text) {}

    public CallGate(RaftNode raft, Membership membership, RpcMetrics metrics) {
        this.metrics = metrics;
        this.raft = raft;
        this.membership = membership;
    }

    /** The status to refuse the call with, or null to let it in. */
    @Nullable
    public Status refuse(MethodDescriptor<?, ?> method, Metadata metadata) {
        if (membership.isLearner() && !SERVED_BY_LEARNERS.contains(method.getFullMethodName())) {
            return StatusTable.of(EtcdError.NOT_SUPPORTED_FOR_LEARNER);
        }
        byte[] version = metadata.get(CLIENT_API_VERSION);
        if (version != null && !isUtf8(version)) {
            return StatusTable.of(EtcdError.INVALID_CLIENT_API_VERSION);
        }
        metrics.clientRequest(method.getType() == MethodType.UNARY, version == null ? "unknown" : text(version));
        if (requiresLeader(metadata) && !hasLeader()) {
            return StatusTable.of(EtcdError.NO_LEADER);
        }
        return null;
    }

    private String text(byte[] version) {
        ClientVersion last = lastVersion;
        if (!Arrays.equals(last.bytes, version)) {
            last = new ClientVersion(version, new String(version, StandardCharsets.UTF_8));
            lastVersion = last;
        }
        return last.text;
    }

    /** Whether the client asked that the call fail while there is no leader. */
    boolean requiresLeader(Metadata metadata) {
        byte[] value = metadata.get(HAS_LEADER);
        return value != null && Arrays.equals(value, TRUE);
    }

    boolean hasLeader() {
        return raft.leaderId() != 0;
    }

    private static boolean isUtf8(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return isStrictUtf8(bytes);
            }
        }
        return true;
    }

    private static boolean isStrictUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static InternalMetadata.TrustedAsciiMarshaller<byte[]> raw() {
        return new InternalMetadata.TrustedAsciiMarshaller<>() {
            @Override
            public byte[] toAsciiString(byte[] value) {
                return value;
            }

            @Override
            public byte[] parseAsciiString(byte[] serialized) {
                return serialized;
            }
        };
    }
}

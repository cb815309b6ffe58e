package io.etcetera.server.migrate;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.ClusterVersionSetRequest;
import io.etcetera.proto.raftpb.ConfChange;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.EntryType;
import io.etcetera.proto.walpb.V2Request;
import io.etcetera.server.DeepStack;
import io.etcetera.server.cluster.RaftContexts;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says in this server's words what an entry in the log of the Go etcd says. What comes out follows from the entry alone, so that all
 * members that come over have the same log. Stateless.
 */
final class GoEntries {
    private static final byte[] NOTHING = {};
    /** Where releases up to 3.5 may wrap a request of the v2 API. */
    private static final int V2_FIELD = 2;

    private static final int ID_FIELD = InternalRaftRequest.ID_FIELD_NUMBER;
    private static final int HEADER_FIELD = InternalRaftRequest.HEADER_FIELD_NUMBER;
    private static final Pattern ATTRIBUTES = Pattern.compile("/0/members/([0-9a-f]{1,16})/attributes");
    private static final String CLUSTER_VERSION = "/0/version";

    /** They only look; or they are about tokens and remaining times, which end with the process anyhow. */
    private static final Set<Integer> WITHOUT_EFFECT = Set.of(
            InternalRaftRequest.RANGE_FIELD_NUMBER,
            InternalRaftRequest.LEASE_CHECKPOINT_FIELD_NUMBER,
            InternalRaftRequest.AUTHENTICATE_FIELD_NUMBER,
            InternalRaftRequest.AUTH_STATUS_FIELD_NUMBER,
            InternalRaftRequest.AUTH_USER_GET_FIELD_NUMBER,
            InternalRaftRequest.AUTH_USER_LIST_FIELD_NUMBER,
            InternalRaftRequest.AUTH_ROLE_LIST_FIELD_NUMBER,
            InternalRaftRequest.AUTH_ROLE_GET_FIELD_NUMBER);

    private GoEntries() {}

    /**
     * The data of the entry as this server has it: that of a request, or nothing.
     *
     * @throws MigrationException if this version does not know what the entry says
     */
    static byte[] translate(Entry entry) throws MigrationException {
        try {
            return switch (entry.getType()) {
                case EntryNormal -> request(entry.getData());
                case EntryConfChange -> encode(membershipChange(entry));
                // Only ever written by the library for itself, and empty then.
                case EntryConfChangeV2 -> {
                    if (!entry.getData().isEmpty()) {
                        throw new IllegalArgumentException("a joint change of members");
                    }
                    yield NOTHING;
                }
                case UNRECOGNIZED ->
                    throw new IllegalArgumentException("an entry of unknown type " + entry.getTypeValue());
            };
        } catch (IOException | IllegalArgumentException e) {
            throw new MigrationException(
                    "entry " + entry.getIndex() + " of the log cannot be taken over: " + e.getMessage(), e);
        }
    }

    /**
     * An entry as the Go etcd has it, whose data is this server's; entries that a log made for itself have none.
     *
     * @throws MigrationException if it is not a request
     */
    static Entry toGo(long index, long term, byte[] data) throws MigrationException {
        Entry.Builder entry = Entry.newBuilder().setIndex(index).setTerm(term);
        try {
            InternalRaftRequest request = parse(ByteString.copyFrom(data));
            if (!request.hasMembershipChange()) {
                return entry.setData(ByteString.copyFrom(data)).build();
            }
            RaftContexts.toConfChange(request.getMembershipChange())
                    .ifPresent(
                            change -> entry.setType(EntryType.EntryConfChange).setData(change.toByteString()));
            return entry.build();
        } catch (IOException e) {
            throw new MigrationException("entry " + index + " of the log cannot be taken over: " + e.getMessage(), e);
        }
    }

    private static InternalRaftRequest parse(ByteString data) throws IOException {
        try {
            return InternalRaftRequest.parseFrom(data);
        } catch (InvalidProtocolBufferException e) {
            return parseDeep(data);
        }
    }

    /** The change of members that an entry of type {@code EntryConfChange} is. */
    static MembershipChange membershipChange(Entry entry) throws InvalidProtocolBufferException {
        return RaftContexts.toMembershipChange(ConfChange.parseFrom(entry.getData()));
    }

    private static byte[] encode(MembershipChange change) {
        return InternalRaftRequest.newBuilder()
                .setMembershipChange(change)
                .build()
                .toByteArray();
    }

    private static byte[] request(ByteString data) throws IOException {
        if (data.isEmpty()) {
            return NOTHING;
        }
        InternalRaftRequest request;
        try {
            request = InternalRaftRequest.parseFrom(data);
        } catch (InvalidProtocolBufferException e) {
            Optional<V2Request> v2 = v2Request(data);
            if (v2.isPresent()) {
                return v2(v2.get());
            }
            request = parseDeep(data);
        }
        UnknownFieldSet unknown = request.getUnknownFields();
        if (unknown.hasField(V2_FIELD)) {
            // Either that field, or what has a method at its place.
            return v2(unknown.getField(V2_FIELD).getLengthDelimitedList().stream()
                    .findFirst()
                    .flatMap(GoEntries::v2Request)
                    .or(() -> v2Request(data))
                    .orElseThrow(() -> new IllegalArgumentException("it holds a damaged request of the v2 API")));
        }
        boolean known = false;
        boolean effective = false;
        for (FieldDescriptor field : request.getAllFields().keySet()) {
            int number = field.getNumber();
            if (number != ID_FIELD && number != HEADER_FIELD) {
                known = true;
                effective |= !WITHOUT_EFFECT.contains(number);
            }
        }
        if (!known && !unknown.asMap().isEmpty()) {
            throw new IllegalArgumentException("it holds a request of a kind that this version does not know");
        }
        return effective ? data.toByteArray() : NOTHING;
    }

    /** A transaction may be nested more deeply than the stack of this thread can be trusted with. */
    private static InternalRaftRequest parseDeep(ByteString data) throws IOException {
        AtomicReference<@Nullable InternalRaftRequest> parsed = new AtomicReference<>();
        AtomicReference<@Nullable IOException> failed = new AtomicReference<>();
        DeepStack.run(() -> {
            CodedInputStream input = data.newCodedInput();
            input.setRecursionLimit(DeepStack.MAX_NESTING + 1);
            try {
                parsed.set(InternalRaftRequest.parseFrom(input));
            } catch (IOException e) {
                failed.set(e);
            }
        });
        InternalRaftRequest request = parsed.get();
        IOException failure = failed.get();
        if (request == null) {
            throw failure != null ? failure : new IOException("it cannot be parsed");
        }
        return request;
    }

    /** What releases up to 3.5 put into the log as it is. */
    private static Optional<V2Request> v2Request(ByteString data) {
        try {
            V2Request request = V2Request.parseFrom(data);
            return request.getMethod().isEmpty() ? Optional.empty() : Optional.of(request);
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    /** What a member says about itself and the cluster's version; keys of the v2 API are not taken over. */
    private static byte[] v2(V2Request request) {
        if (!request.getMethod().equals("PUT")) {
            return NOTHING;
        }
        Matcher attributes = ATTRIBUTES.matcher(request.getPath());
        if (attributes.matches()) {
            long memberId = Long.parseUnsignedLong(attributes.group(1), 16);
            return InternalRaftRequest.newBuilder()
                    .setClusterMemberAttrSet(RaftContexts.toAttributes(memberId, request.getVal()))
                    .build()
                    .toByteArray();
        }
        if (request.getPath().equals(CLUSTER_VERSION)) {
            return InternalRaftRequest.newBuilder()
                    .setClusterVersionSet(ClusterVersionSetRequest.newBuilder().setVer(request.getVal()))
                    .build()
                    .toByteArray();
        }
        return NOTHING;
    }
}

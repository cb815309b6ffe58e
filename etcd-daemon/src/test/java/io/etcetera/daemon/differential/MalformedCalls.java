package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.etcetera.daemon.differential.Operation.RawCall;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random calls with something wrong, made out of sound requests where that is possible. */
final class MalformedCalls {
    private static final int LARGE_BYTES = 1_572_864;
    private static final int OVERSIZE_BYTES = 2_097_153;
    private static final int MAX_TXN_OPS = 128;
    private static final ByteString ANY_KEY = ByteString.copyFromUtf8("a");

    private final RandomGenerator random;

    MalformedCalls(RandomGenerator random) {
        this.random = random;
    }

    /** Spoils a call. Calls that large are rare enough not to slow everything down. */
    Operation spoil(Operation.Call sound) {
        Malformed[] kinds = Malformed.values();
        Malformed kind = kinds[random.nextInt(kinds.length)];
        boolean large = kind == Malformed.OVERSIZE || kind == Malformed.LARGE_PROPOSAL;
        return spoil(large && random.nextInt(10) != 0 ? Malformed.TRUNCATED : kind, sound);
    }

    private RawCall spoil(Malformed kind, Operation.Call sound) {
        String method = sound.api().fullMethodName();
        ByteString bytes = sound.request().toByteString();
        return switch (kind) {
            case TRUNCATED -> of(kind, method, refused(sound, bytes.substring(0, random.nextInt(bytes.size() + 1))));
            case GARBAGE -> of(kind, method, refused(sound, garbage()));
            case UNKNOWN_FIELDS -> of(kind, Api.RANGE.fullMethodName(), range().concat(unknownFields()));
            case EMPTY ->
                of(kind, sound.api() == Api.LEASE_GRANT ? Api.PUT.fullMethodName() : method, ByteString.EMPTY);
            case NO_MESSAGE -> new RawCall(kind, method, List.of());
            case TWO_MESSAGES -> {
                Api api = random.nextBoolean() ? Api.RANGE : Api.RANGE_STREAM;
                yield new RawCall(
                        kind, api.fullMethodName(), List.of(range(), random.nextBoolean() ? range() : garbage()));
            }
            case DEEP_NESTING -> of(kind, Api.TXN.fullMethodName(), nested());
            case TOO_MANY_OPERATIONS ->
                of(kind, Api.TXN.fullMethodName(), tooMany().toByteString());
            case LARGE_PROPOSAL -> of(kind, Api.PUT.fullMethodName(), put(nearlyTooLarge()));
            case OVERSIZE -> of(kind, Api.PUT.fullMethodName(), put(OVERSIZE_BYTES + random.nextInt(1000)));
            case COMPRESSED -> of(kind, Api.RANGE.fullMethodName(), range());
            case UNKNOWN_METHOD ->
                of(kind, random.nextBoolean() ? "etcdserverpb.KV/Increment" : "etcdserverpb.KV/put", bytes);
            case UNKNOWN_SERVICE ->
                of(kind, random.nextBoolean() ? "etcdserverpb.Kv/Range" : "nobody.Knows/This", bytes);
        };
    }

    /**
     * Just below or just above the limit. The limit itself moves by a byte or two with the length of the ID that a server
     * gives the request, which follows from the member's; {@link RequestSizeIT} takes that into account.
     */
    private int nearlyTooLarge() {
        return LARGE_BYTES + random.nextInt(40) - (random.nextBoolean() ? 80 : 0);
    }

    private static RawCall of(Malformed kind, String method, ByteString message) {
        return new RawCall(kind, method, List.of(message));
    }

    /** What is cut or random can still be a message; one that grants a lease could be for a lease that expires. */
    private static ByteString refused(Operation.Call sound, ByteString bytes) {
        if (sound.api() != Api.LEASE_GRANT) {
            return bytes;
        }
        try {
            Message parsed = sound.request().getParserForType().parseFrom(bytes);
            return parsed == null ? bytes : ByteString.copyFrom(new byte[] {(byte) 0xff});
        } catch (InvalidProtocolBufferException e) {
            return bytes;
        }
    }

    private ByteString garbage() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static ByteString range() {
        return RangeRequest.newBuilder().setKey(ANY_KEY).build().toByteString();
    }

    private ByteString unknownFields() {
        return UnknownFieldSet.newBuilder()
                .addField(
                        100 + random.nextInt(100),
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(random.nextLong())
                                .addFixed32(random.nextInt())
                                .addLengthDelimited(garbage())
                                .build())
                .build()
                .toByteString();
    }

    private static ByteString put(int valueBytes) {
        return PutRequest.newBuilder()
                .setKey(ANY_KEY)
                .setValue(ByteString.copyFrom(new byte[valueBytes]))
                .build()
                .toByteString();
    }

    /** As bytes from the beginning: to encode messages that are nested so deeply takes more stack than a thread has. */
    private ByteString nested() {
        int depth = switch (random.nextInt(8)) {
            case 0, 1 -> 4 + random.nextInt(30);
            case 2, 3 -> 35 + random.nextInt(30);
            case 4, 5 -> MAX_TXN_OPS - 2 + random.nextInt(4);
            case 6 -> 200 + random.nextInt(1000);
            default -> 4_995 + random.nextInt(10);
        };
        ByteString txn = ByteString.EMPTY;
        for (int i = 0; i < depth; i++) {
            txn = inField(TxnRequest.SUCCESS_FIELD_NUMBER, inField(RequestOp.REQUEST_TXN_FIELD_NUMBER, txn));
        }
        return txn;
    }

    private static ByteString inField(int number, ByteString message) {
        UnknownFieldSet.Field field =
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(message).build();
        return UnknownFieldSet.newBuilder().addField(number, field).build().toByteString();
    }

    private TxnRequest tooMany() {
        int operations = MAX_TXN_OPS - 1 + random.nextInt(3);
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < operations; i++) {
            RangeRequest range = RangeRequest.newBuilder().setKey(ANY_KEY).build();
            txn.addSuccess(RequestOp.newBuilder().setRequestRange(range));
        }
        return txn.build();
    }
}

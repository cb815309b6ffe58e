package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.differential.RawCall.Outcome;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a request becomes too large, to the byte: requests of many shapes, each blown up until it is refused. Both limits
 * are looked for, that of a proposal and that of a gRPC message.
 *
 * <p>A proposal holds a request ID that begins with bits of the member ID, so the two servers may differ by its length.
 */
class RequestSizeIT {
    private static final String PROPOSAL_TOO_LARGE = "INVALID_ARGUMENT etcdserver: request is too large";
    private static final String MESSAGE_TOO_LARGE = "RESOURCE_EXHAUSTED grpc: received message larger than max (";
    private static final int MESSAGE_OVERHEAD = 512 * 1024;
    private static final long SEED = 20_261_121;
    private static final int KINDS = 7;
    private static final int PUT = 0;
    private static final int PUT_WITH_LEASE = 1;
    private static final int LEASE_GRANT = 5;
    private static final long LEASE_TTL_SECONDS = 1_000;
    /** More than any shape adds to what fills it. */
    private static final int WINDOW = 300;

    @SuppressWarnings("NullAway.Init") // every test begins with starting them
    private TwoServers servers;

    private int maxRequestBytes;

    /** A kind of request, of any size: the method, and the request by the length of what fills it. */
    private record Shape(String method, IntFunction<byte[]> request) {}

    @Test
    void theLimitsAreTheSameToTheByte(@TempDir Path directory) throws Exception {
        checkAt(directory, 1_572_864, IntStream.range(0, 2 * KINDS));
    }

    @Test
    void aSmallLimitIsKeptTo(@TempDir Path directory) throws Exception {
        checkAt(directory, 300, IntStream.range(0, 2 * KINDS));
    }

    /** As small as it can be: with less, a server cannot tell its cluster where it listens, and never gets ready. */
    @Test
    void aTinyLimitIsKeptTo(@TempDir Path directory) throws Exception {
        checkAt(directory, 100, IntStream.of(PUT, LEASE_GRANT));
    }

    @Test
    void aLargeLimitIsKeptToAndWarnedOf(@TempDir Path directory) throws Exception {
        checkAt(directory, 11 << 20, IntStream.of(PUT, PUT_WITH_LEASE));
        assertThat(warning(directory.resolve("ours"))).isEqualTo(warning(directory.resolve("stock")));
    }

    /** Text and fields of the line. */
    private static String warning(Path server) throws IOException {
        String start = "\"msg\":\"exceeded recommended request limit\"";
        String log = Files.readString(server.resolve("log"));
        assertThat(log).containsOnlyOnce(start);
        return log.substring(log.indexOf(start)).lines().findFirst().orElseThrow();
    }

    private void checkAt(Path directory, int bytes, IntStream shapes) throws Exception {
        try (TwoServers started = TwoServers.start(directory, "--max-request-bytes=" + bytes)) {
            servers = started;
            maxRequestBytes = bytes;
            Random random = new Random(SEED);
            shapes.forEach(number -> checkProposal(shape(random, number)));
            checkMessage(new Shape("KV/Put", RequestSizeIT::put));
            checkMessage(new Shape(
                    "KV/Range",
                    n -> RangeRequest.newBuilder().setKey(bytes(n)).build().toByteArray()));
        }
    }

    private void checkProposal(Shape shape) {
        for (GrpcClient client : List.of(servers.stock(), servers.ours())) {
            int largest = largest(client, shape, PROPOSAL_TOO_LARGE, maxRequestBytes);
            int idSize = idSize(client);
            assertThat(proposalSize(shape.request().apply(largest), idSize))
                    .as("%s, seed %d", shape.method(), SEED)
                    .isLessThanOrEqualTo(maxRequestBytes);
            assertThat(proposalSize(shape.request().apply(largest + 1), idSize))
                    .as("%s, seed %d", shape.method(), SEED)
                    .isGreaterThan(maxRequestBytes);
        }
    }

    private void checkMessage(Shape shape) {
        int limit = maxRequestBytes + MESSAGE_OVERHEAD;
        int stock = largest(servers.stock(), shape, MESSAGE_TOO_LARGE, limit);
        int ours = largest(servers.ours(), shape, MESSAGE_TOO_LARGE, limit);
        assertThat(ours).isEqualTo(stock);
        byte[] tooLarge = shape.request().apply(ours + 1);
        Outcome refused = RawCall.unary(servers.ours(), shape.method(), tooLarge);
        assertThat(refused).isEqualTo(RawCall.unary(servers.stock(), shape.method(), tooLarge));
        assertThat(refused.status()).isEqualTo(MESSAGE_TOO_LARGE + tooLarge.length + " vs. " + limit + ")");
    }

    /** The largest filling with which a request is not refused in these words; it is somewhere around the limit. */
    private static int largest(GrpcClient client, Shape shape, String refusal, int limit) {
        int fits = Math.max(0, limit - WINDOW);
        int tooLarge = limit + WINDOW;
        assertThat(isRefused(client, shape, fits, refusal)).isFalse();
        assertThat(isRefused(client, shape, tooLarge, refusal)).isTrue();
        while (tooLarge - fits > 1) {
            int middle = (fits + tooLarge) >>> 1;
            if (isRefused(client, shape, middle, refusal)) {
                tooLarge = middle;
            } else {
                fits = middle;
            }
        }
        return fits;
    }

    private static boolean isRefused(GrpcClient client, Shape shape, int filling, String refusal) {
        String status = RawCall.unary(client, shape.method(), shape.request().apply(filling))
                .status();
        if (status.startsWith(refusal)) {
            return true;
        }
        // Nothing else may go wrong, or this would find some other limit.
        assertThat(status)
                .isIn(
                        "OK",
                        PROPOSAL_TOO_LARGE,
                        "NOT_FOUND etcdserver: requested lease not found",
                        "FAILED_PRECONDITION etcdserver: lease already exists");
        return false;
    }

    /** What a request comes to in the log: a header that holds nothing but an ID, as field 100, and itself as another. */
    private static int proposalSize(byte[] request, int idSize) {
        int header = 1 + idSize;
        return 3 + header + 1 + varintSize(request.length) + request.length;
    }

    /** Bytes that the request ID takes: a varint whose highest 16 bits are the lowest of the member ID. */
    private static int idSize(GrpcClient client) {
        long memberId = client.kv()
                .range(RangeRequest.newBuilder().setKey(bytes(1)).build())
                .getHeader()
                .getMemberId();
        // Below those bits is the time in milliseconds, of which the highest of 40 bits are set in these years.
        return varintSize(memberId << 48 | 1L << 47);
    }

    private static int varintSize(long value) {
        return (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    private static Shape shape(Random random, int number) {
        int filler = random.nextInt(40) + 1;
        return switch (number % KINDS) {
            case PUT -> new Shape("KV/Put", RequestSizeIT::put);
            case PUT_WITH_LEASE ->
                new Shape(
                        "KV/Put",
                        n -> PutRequest.newBuilder()
                                .setKey(bytes(filler + n))
                                .setLease(filler)
                                .setPrevKv(true)
                                .build()
                                .toByteArray());
            case 2 ->
                new Shape(
                        "KV/DeleteRange",
                        n -> DeleteRangeRequest.newBuilder()
                                .setKey(bytes(filler))
                                .setRangeEnd(bytes(n + 1))
                                .setPrevKv(true)
                                .build()
                                .toByteArray());
            case 3 -> new Shape("KV/Txn", n -> txn(filler, n));
            case 4 -> new Shape("KV/Txn", n -> nested(filler, n));
            case LEASE_GRANT -> new Shape("Lease/LeaseGrant", n -> withUnknownField(grant(filler), n));
            default -> new Shape("KV/Put", n -> withUnknownField(put(filler), n));
        };
    }

    private static byte[] put(int n) {
        return PutRequest.newBuilder()
                .setKey(bytes(1))
                .setValue(bytes(n))
                .build()
                .toByteArray();
    }

    private static byte[] txn(int filler, int n) {
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(bytes(filler)).setVersion(filler))
                .addSuccess(op(PutRequest.newBuilder().setKey(bytes(filler)).setValue(bytes(n / 2))))
                .addFailure(op(PutRequest.newBuilder().setKey(bytes(filler)).setValue(bytes(n - n / 2))))
                .build()
                .toByteArray();
    }

    private static byte[] nested(int filler, int n) {
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .addSuccess(op(PutRequest.newBuilder().setKey(bytes(filler)).setValue(bytes(n))));
        for (int i = 0; i < filler % 5; i++) {
            txn = TxnRequest.newBuilder().addFailure(RequestOp.newBuilder().setRequestTxn(txn));
        }
        return txn.build().toByteArray();
    }

    private static byte[] grant(int id) {
        return LeaseGrantRequest.newBuilder()
                .setID(id)
                .setTTL(LEASE_TTL_SECONDS)
                .build()
                .toByteArray();
    }

    /** What a server does not know, it keeps, and counts. */
    private static byte[] withUnknownField(byte[] known, int n) {
        byte[] unknown =
                DeleteRangeRequest.newBuilder().setRangeEnd(bytes(n)).build().toByteArray();
        if (n > 0) {
            unknown[0] = 12 << 3 | 2;
        }
        return ByteString.copyFrom(known).concat(ByteString.copyFrom(unknown)).toByteArray();
    }

    private static RequestOp.Builder op(PutRequest.Builder put) {
        return RequestOp.newBuilder().setRequestPut(put);
    }

    private static ByteString bytes(int n) {
        byte[] bytes = new byte[n];
        Arrays.fill(bytes, (byte) 'x');
        return ByteString.copyFrom(bytes);
    }
}

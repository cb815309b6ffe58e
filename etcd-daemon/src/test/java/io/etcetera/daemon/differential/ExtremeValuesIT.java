package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.etcetera.daemon.differential.RawCall.Outcome;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers at the edges of what they may be, wherever a request has a number. */
class ExtremeValuesIT {
    private static final long MAX_TTL_SECONDS = 9_000_000_000L;
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        -2,
        1_000,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Long.MIN_VALUE,
        MAX_TTL_SECONDS,
        MAX_TTL_SECONDS + 1,
        // Just within, and just beyond, what fits into nanoseconds.
        Long.MAX_VALUE / 1_000_000_000,
        Long.MAX_VALUE / 1_000_000_000 + 1
    };

    @SuppressWarnings("NullAway.Init") // every test begins with starting them
    private TwoServers servers;

    @Test
    void limitsAndRevisions(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory)) {
            servers = started;
            for (int i = 0; i < 7; i++) {
                both("KV/Put", PutRequest.newBuilder().setKey(bytes("k" + i)).build());
            }
            for (long number : NUMBERS) {
                range(RangeRequest.newBuilder().setLimit(number));
                range(RangeRequest.newBuilder().setLimit(number).setSortOrder(RangeRequest.SortOrder.DESCEND));
                range(RangeRequest.newBuilder().setLimit(number).setCountOnly(true));
                range(RangeRequest.newBuilder().setRevision(number));
                range(RangeRequest.newBuilder().setMinModRevision(number));
                range(RangeRequest.newBuilder().setMaxCreateRevision(number));
            }
            for (long number : NUMBERS) {
                both(
                        "KV/Compact",
                        CompactionRequest.newBuilder().setRevision(number).build());
            }
        }
    }

    @Test
    void leaseIdsAndTtls(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory)) {
            servers = started;
            long leaseId = 100_000;
            for (long number : NUMBERS) {
                both(
                        "Lease/LeaseGrant",
                        LeaseGrantRequest.newBuilder()
                                .setID(leaseId++)
                                .setTTL(number)
                                .build());
                PutRequest put = PutRequest.newBuilder()
                        .setKey(bytes("k"))
                        .setLease(number)
                        .build();
                both("KV/Put", put);
                if (number == 0) {
                    continue; // the server would choose, and not the same
                }
                LeaseGrantRequest grant = LeaseGrantRequest.newBuilder()
                        .setID(number)
                        .setTTL(1_000)
                        .build();
                both("Lease/LeaseGrant", grant);
                both("Lease/LeaseGrant", grant);
                both("KV/Put", put);
                both(
                        "Lease/LeaseRevoke",
                        LeaseRevokeRequest.newBuilder().setID(number).build());
                both(
                        "Lease/LeaseRevoke",
                        LeaseRevokeRequest.newBuilder().setID(number).build());
            }
        }
    }

    @Test
    void manyKeysAreDeletedAtOnce(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory)) {
            servers = started;
            for (int i = 0; i < 10_000; i += 100) {
                TxnRequest.Builder txn = TxnRequest.newBuilder();
                for (int j = i; j < i + 100; j++) {
                    txn.addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder()
                                    .setKey(bytes("k" + j))
                                    .setValue(bytes("v".repeat(700)))));
                }
                both("KV/Txn", txn.build());
            }
            Outcome deleted = both(
                    "KV/DeleteRange",
                    DeleteRangeRequest.newBuilder()
                            .setKey(bytes("k"))
                            .setRangeEnd(bytes("l"))
                            .setPrevKv(true)
                            .build());
            // As hexadecimal digits. More than what clients take by default: that is for them to say.
            assertThat(deleted.answer().length() / 2).isGreaterThan(4 << 20);
        }
    }

    private void range(RangeRequest.Builder range) {
        RangeRequest everything =
                range.setKey(bytes("k")).setRangeEnd(bytes("l")).build();
        both("KV/Range", everything);
        both(
                "KV/Txn",
                TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestRange(everything))
                        .build());
    }

    /** Asks both, and has them agree. */
    private Outcome both(String method, MessageLite request) {
        Outcome stock = RawCall.unary(servers.stock(), method, request.toByteArray());
        Outcome ours = RawCall.unary(servers.ours(), method, request.toByteArray());
        assertThat(ours).as("%s %s", method, request).isEqualTo(stock);
        return ours;
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}

package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.HashRequest;
import io.etcetera.proto.etcdserverpb.HashResponse;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One history, seeded, on stock etcd and on this server: all that HashKV says of it must be the same. */
class HashKvIT {
    private static final int STEPS = 60;
    private static final int WRITES_IN_A_STEP = 8;
    private static final int RESTART_EVERY_STEPS = 20;
    private static final int KEYS = 8;
    private static final long LEASE = 77;
    private static final long LEASE_TTL_SECONDS = 10_000;

    @TempDir
    Path directory;

    private final TreeSet<Long> compacted = new TreeSet<>();
    private long current = 1;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void oneHistoryHasOneHash(long seed) throws Exception {
        Random random = new Random(seed);
        try (TwoServers servers = TwoServers.start(directory)) {
            compare(servers, random, "seed " + seed + ", fresh");
            grantLease(servers);
            for (int step = 1; step <= STEPS; step++) {
                for (int i = 0; i < WRITES_IN_A_STEP; i++) {
                    write(servers, random);
                }
                if (random.nextInt(4) == 0) {
                    compact(servers, random);
                }
                compare(servers, random, "seed " + seed + ", step " + step);
                if (step % RESTART_EVERY_STEPS == 0) {
                    restart(servers, random);
                    compare(servers, random, "seed " + seed + ", restarted after step " + step);
                }
            }
        }
    }

    @Test
    void theHashOfAllBucketsComesWithTheRevision() throws Exception {
        try (TwoServers servers = TwoServers.start(directory)) {
            PutRequest put = PutRequest.newBuilder().setKey(key(new Random(1))).build();
            onBoth(servers, client -> client.kv().put(put).getHeader().getRevision());
            HashRequest request = HashRequest.getDefaultInstance();
            // Members have IDs of their own, so the hashes differ; a member's own stays while nothing is written.
            HashResponse stock = servers.stock().maintenance().hash(request);
            HashResponse ours = servers.ours().maintenance().hash(request);
            assertThat(ours.getHeader().getRevision())
                    .isEqualTo(stock.getHeader().getRevision())
                    .isEqualTo(2);
            assertThat(servers.ours().maintenance().hash(request).getHash()).isEqualTo(ours.getHash());
            onBoth(servers, client -> client.kv().put(put).getHeader().getRevision());
            assertThat(servers.ours().maintenance().hash(request).getHash()).isNotEqualTo(ours.getHash());
        }
    }

    private static void restart(TwoServers servers, Random random) throws Exception {
        if (random.nextBoolean()) {
            // Stock commits for this what it has written: else it may have to do its last compaction again, and know
            // its hash then.
            for (GrpcClient client : List.of(servers.stock(), servers.ours())) {
                var unused = client.maintenance().hash(HashRequest.getDefaultInstance());
            }
            servers.killAndRestart();
        } else {
            servers.terminateAndRestart();
        }
    }

    private static void grantLease(TwoServers servers) {
        LeaseGrantRequest grant = LeaseGrantRequest.newBuilder()
                .setID(LEASE)
                .setTTL(LEASE_TTL_SECONDS)
                .build();
        onBoth(servers, client -> client.lease().leaseGrant(grant).getID());
    }

    private void write(TwoServers servers, Random random) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        int ops = 1 + random.nextInt(3);
        // A put may be undone by a delete behind it, never the other way round: etcd refuses that.
        for (int i = 0; i < ops; i++) {
            txn.addSuccess(put(i, random));
        }
        if (random.nextInt(2) == 0) {
            txn.clearSuccess().addSuccess(delete(random));
        } else if (random.nextInt(3) == 0) {
            TxnRequest puts = txn.clone().build();
            TxnRequest deletes =
                    TxnRequest.newBuilder().addSuccess(delete(random)).build();
            txn.clearSuccess()
                    .addSuccess(RequestOp.newBuilder().setRequestTxn(puts))
                    .addSuccess(RequestOp.newBuilder().setRequestTxn(deletes));
        }
        TxnRequest request = txn.build();
        current = onBoth(servers, client -> client.kv().txn(request).getHeader().getRevision());
    }

    /** The puts of one transaction are to different keys. */
    private static RequestOp put(int group, Random random) {
        PutRequest.Builder put = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k" + (3 * random.nextInt(KEYS) + group)))
                .setValue(ByteString.copyFromUtf8("v".repeat(random.nextInt(200))));
        if (random.nextInt(4) == 0) {
            put.setLease(LEASE);
        }
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    private static RequestOp delete(Random random) {
        DeleteRangeRequest.Builder delete = DeleteRangeRequest.newBuilder().setKey(key(random));
        switch (random.nextInt(5)) {
            case 0 -> delete.setRangeEnd(key(random));
            case 1 -> delete.setKey(ByteString.copyFromUtf8("k")).setRangeEnd(ByteString.copyFromUtf8("l"));
            default -> {}
        }
        return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    }

    private static ByteString key(Random random) {
        return ByteString.copyFromUtf8("k" + random.nextInt(3 * KEYS));
    }

    private void compact(TwoServers servers, Random random) {
        long from = compacted.isEmpty() ? 0 : compacted.last() + 1;
        if (from > current) {
            return;
        }
        long revision = random.nextInt(4) == 0 ? current : from + random.nextLong(current - from + 1);
        CompactionRequest compaction = CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(random.nextBoolean())
                .build();
        onBoth(servers, client -> client.kv().compact(compaction).getHeader().getRevision());
        if (!compaction.getPhysical()) {
            // Refused, but not before the compaction is through: its hash is another then.
            CompactionRequest again = compaction.toBuilder().setPhysical(true).build();
            onBoth(servers, client -> failure(() -> client.kv().compact(again)));
        }
        compacted.add(revision);
    }

    private void compare(TwoServers servers, Random random, String context) {
        TreeSet<Long> revisions = new TreeSet<>(compacted);
        revisions.add(-1L);
        revisions.add(0L);
        revisions.add(current);
        revisions.add(current + 1);
        long first = compacted.isEmpty() ? 1 : compacted.last();
        revisions.add(first - 1);
        for (int i = 0; i < 8; i++) {
            revisions.add(first + random.nextLong(current - first + 1));
        }
        for (long revision : revisions) {
            assertThat(hash(servers.ours(), revision))
                    .as("%s, revision %d of %d", context, revision, current)
                    .isEqualTo(hash(servers.stock(), revision));
        }
    }

    private static String hash(GrpcClient client, long revision) {
        HashKVRequest request = HashKVRequest.newBuilder().setRevision(revision).build();
        try {
            HashKVResponse response = client.maintenance().withWaitForReady().hashKV(request);
            return response.toBuilder()
                    .setHeader(response.getHeader().toBuilder()
                            .clearClusterId()
                            .clearMemberId()
                            .clearRaftTerm())
                    .build()
                    .toString();
        } catch (StatusRuntimeException e) {
            return e.getStatus().toString();
        }
    }

    private static String failure(Runnable call) {
        try {
            call.run();
            return "no failure";
        } catch (StatusRuntimeException e) {
            return e.getStatus().toString();
        }
    }

    /** What both answer, which must be the same. */
    private static <T> T onBoth(TwoServers servers, Function<GrpcClient, T> call) {
        T answer = call.apply(servers.stock());
        assertThat(call.apply(servers.ours())).isEqualTo(answer);
        return answer;
    }
}

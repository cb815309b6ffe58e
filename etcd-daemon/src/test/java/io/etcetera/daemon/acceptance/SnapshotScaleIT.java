package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store with much in it goes from stock etcd to this server and back, as snapshots. How many keys it has, {@code
 * -Detcetera.snapshot.keys} says; few if not given, so that the test takes seconds.
 */
class SnapshotScaleIT {
    private static final int KEYS = Integer.getInteger("etcetera.snapshot.keys", 2_000);
    private static final int KEYS_A_TXN = 100;
    private static final int TXNS_A_LEASE = 4;
    private static final int TXNS_A_DELETION = 7;
    private static final int USERS = 20;

    @TempDir
    Path directory;

    private Path work;

    @BeforeEach
    void prepare() throws IOException {
        Tools.stock("etcdutl");
        work = Files.createDirectories(directory.resolve("work"));
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8(String.format(Locale.ROOT, "/registry/pods/%09d", number));
    }

    private static void fill(ServerProcess server) {
        ManagedChannel channel = Grpc.newChannelBuilder(server.endpoint(), InsecureChannelCredentials.create())
                .build();
        try {
            fillKeys(KVGrpc.newBlockingStub(channel), LeaseGrpc.newBlockingStub(channel));
            fillUsers(AuthGrpc.newBlockingStub(channel));
        } finally {
            channel.shutdownNow();
        }
    }

    /** Every fourth transaction's keys hang on a lease, every seventh's are deleted again; half of the history is compacted. */
    private static void fillKeys(KVGrpc.KVBlockingStub kv, LeaseGrpc.LeaseBlockingStub leases) {
        long revision = 1;
        for (int txn = 0; txn * KEYS_A_TXN < KEYS; txn++) {
            long lease = txn % TXNS_A_LEASE != 0
                    ? 0
                    : leases.leaseGrant(
                                    LeaseGrantRequest.newBuilder().setTTL(3_600).build())
                            .getID();
            TxnRequest.Builder puts = TxnRequest.newBuilder();
            int from = txn * KEYS_A_TXN;
            for (int i = from; i < from + KEYS_A_TXN; i++) {
                puts.addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(key(i))
                                .setValue(key(i * 31))
                                .setLease(lease)));
            }
            revision = kv.txn(puts.build()).getHeader().getRevision();
            if (txn % TXNS_A_DELETION == 0) {
                var unusedDeleted = kv.deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(key(from))
                        .setRangeEnd(key(from + KEYS_A_TXN / 2))
                        .build());
            }
        }
        var unusedCompacted = kv.compact(CompactionRequest.newBuilder()
                .setRevision(revision / 2)
                .setPhysical(true)
                .build());
    }

    private static void fillUsers(AuthGrpc.AuthBlockingStub auth) {
        for (int i = 0; i < USERS; i++) {
            var unusedRole = auth.roleAdd(
                    AuthRoleAddRequest.newBuilder().setName("role-" + i).build());
            var unusedUser = auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName("user-" + i)
                    .setPassword("secret")
                    .build());
            var unusedGrant = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser("user-" + i)
                    .setRole("role-" + i)
                    .build());
        }
    }

    private String sh(String endpoint, String script) throws IOException, InterruptedException {
        return new SnapshotShell(work).run(endpoint, script);
    }

    /** The hash covers all records: keys, values, revisions, and the leases they hang on. */
    private String content(ServerProcess server) throws IOException, InterruptedException {
        return sh(server.endpoint(), """
                etcdctl endpoint hashkv | cut -d, -f2-
                etcdctl get '' --prefix --count-only --write-out=fields | grep Count
                etcdctl lease list | sort
                etcdctl user list
                etcdctl user get user-7
                etcdctl lease timetolive $(etcdctl lease list | grep -v found | sort | tail -1) --keys | tr ' ' '\\n' | grep -c registry
                """);
    }

    @Test
    void thereAndBack() throws Exception {
        String filled;
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), directory.resolve("stock"))) {
            fill(stock);
            filled = content(stock);
            sh(stock.endpoint(), "etcdctl snapshot save stock.db");
        }
        assertThat(filled).contains("user-19");
        assertThat(sh("", "$ours snapshot restore stock.db --data-dir ../ours/data"))
                .contains("restored snapshot");
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), directory.resolve("ours"))) {
            assertThat(content(ours)).isEqualTo(filled);
            sh(ours.endpoint(), "etcdctl snapshot save ours.db");
        }
        assertThat(sh("", "$stock snapshot restore ours.db --data-dir ../back/data"))
                .contains("restored snapshot");
        try (ServerProcess back = ServerProcess.start(Tools.stock("etcd"), directory.resolve("back"))) {
            assertThat(content(back)).isEqualTo(filled);
        }
    }
}

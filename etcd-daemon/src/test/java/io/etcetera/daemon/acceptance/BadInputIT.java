package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets etcd's own answer, code and text, and the server lives on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    private ServerProcess server;
    private GrpcClient client;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        server = ServerProcess.start(Tools.ourEtcd(), directory);
        client = new GrpcClient(server);
    }

    @AfterEach
    void livesOn() {
        client.kv().put(PutRequest.newBuilder().setKey(KEY).setValue(KEY).build());
        assertThat(server.isAlive()).isTrue();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void oversizeProposal() {
        PutRequest put = PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(ByteString.copyFrom(new byte[1_572_864]))
                .build();
        expect(() -> client.kv().put(put), Status.Code.INVALID_ARGUMENT, "etcdserver: request is too large");
    }

    @Test
    void oversizeMessage() {
        PutRequest put = PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(ByteString.copyFrom(new byte[3_000_000]))
                .build();
        expect(
                () -> client.kv().put(put),
                Status.Code.RESOURCE_EXHAUSTED,
                "grpc: received message larger than max (" + put.getSerializedSize() + " vs. 2097152)");
    }

    @Test
    void emptyKey() {
        expect(
                () -> client.kv().put(PutRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided");
        expect(
                () -> client.kv().range(RangeRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided");
    }

    @Test
    void unknownLease() {
        expect(
                () -> client.lease()
                        .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(77).build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
        expect(
                () -> client.kv()
                        .put(PutRequest.newBuilder().setKey(KEY).setLease(77).build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
        expect(
                () -> client.lease()
                        .leaseGrant(LeaseGrantRequest.newBuilder()
                                .setTTL(9_000_000_001L)
                                .build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: too large lease TTL");
    }

    @Test
    void futureAndCompactedRevisions() {
        long revision = 0;
        for (int i = 0; i < 3; i++) {
            revision = client.kv()
                    .put(PutRequest.newBuilder().setKey(KEY).build())
                    .getHeader()
                    .getRevision();
        }
        long last = revision;
        client.kv().compact(CompactionRequest.newBuilder().setRevision(last).build());
        expect(
                () -> client.kv()
                        .range(RangeRequest.newBuilder()
                                .setKey(KEY)
                                .setRevision(last - 1)
                                .build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        expect(
                () -> client.kv()
                        .range(RangeRequest.newBuilder()
                                .setKey(KEY)
                                .setRevision(last + 100)
                                .build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision");
        expect(
                () -> client.kv()
                        .compact(
                                CompactionRequest.newBuilder().setRevision(last).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
    }

    @Test
    void badTransactions() {
        TxnRequest.Builder tooMany = TxnRequest.newBuilder();
        TxnRequest.Builder twice = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            tooMany.addSuccess(put("k" + i));
        }
        twice.addSuccess(put("same")).addSuccess(put("same"));
        expect(
                () -> client.kv().txn(tooMany.build()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: too many operations in txn request");
        expect(
                () -> client.kv().txn(twice.build()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: duplicate key given in txn request");
    }

    @Test
    void garbageOnThePort() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(5_000)];
            random.nextBytes(garbage);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.clientPort())) {
                socket.getOutputStream().write(garbage);
            } catch (java.io.IOException closedByTheServer) {
                assertThat(closedByTheServer).hasMessageMatching("(?i).*(reset|broken pipe).*");
            }
        }
    }

    private static RequestOp put(String key) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }

    private static void expect(ThrowingCallable call, Status.Code code, String text) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).isNotNull();
        assertThat(error.getStatus().getDescription()).isEqualTo(text);
        assertThat(error.getStatus().getCode()).isEqualTo(code);
    }
}

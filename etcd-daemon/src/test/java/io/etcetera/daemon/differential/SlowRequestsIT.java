package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.text.Json;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What both servers say of requests that took longer than {@code --warning-unary-request-duration}. */
class SlowRequestsIT {
    private static final String MESSAGE = "request stats";
    private static final int REQUESTS = 9;

    @TempDir
    private Path directory;

    @Test
    void areWarnedOfAsInEtcd() throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--warning-unary-request-duration=1ns")) {
            use(servers.stock());
            use(servers.ours());
            List<Map<String, Object>> stock = records(servers.processes().get(0));
            List<Map<String, Object>> ours = records(servers.processes().get(1));
            // One may be written after the client has its answer, and so behind the next one's.
            assertThat(ours).hasSize(REQUESTS).containsExactlyInAnyOrderElementsOf(stock);
        }
    }

    private static List<Map<String, Object>> records(ServerProcess server) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (server.log().lines().filter(line -> line.contains(MESSAGE)).count() < REQUESTS
                && System.nanoTime() < deadline) {
            Thread.sleep(20); // they are written after the answer
        }
        return server.log()
                .lines()
                .filter(line -> line.contains(MESSAGE))
                .map(Json::parseObject)
                .map(SlowRequestsIT::comparable)
                .toList();
    }

    /** Without times and addresses, nor sizes of IDs; Go's protobuf puts one space or two between fields. */
    private static Map<String, Object> comparable(Map<String, Object> record) {
        assertThat(record).containsKeys("start time", "time spent", "remote", "response size");
        List.of("ts", "caller", "start time", "time spent", "remote", "response size")
                .forEach(record::remove);
        record.computeIfPresent(
                "request content", (name, text) -> text.toString().replaceAll(" +", " "));
        return record;
    }

    private static void use(GrpcClient client) {
        client.kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes("k"))
                        .setValue(bytes("secret"))
                        .build());
        client.kv().range(RangeRequest.newBuilder().setKey(bytes("k")).build());
        client.kv()
                .range(RangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setRangeEnd(bytes("z"))
                        .setLimit(7)
                        .setSerializable(true)
                        .build());
        RequestOp put = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(bytes("b")).setValue(bytes("x")))
                .build();
        RequestOp range = RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(bytes("b")))
                .build();
        client.kv()
                .txn(TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder()
                                .setKey(bytes("k"))
                                .setTarget(Compare.CompareTarget.VALUE)
                                .setValue(bytes("secret")))
                        .addSuccess(put)
                        .addSuccess(range)
                        .addFailure(range)
                        .build());
        client.kv().txn(TxnRequest.newBuilder().addSuccess(range).build());
        client.kv()
                .deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("k")).build());
        client.kv().compact(CompactionRequest.newBuilder().setRevision(2).build());
        client.lease()
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build());
        try {
            client.kv()
                    .put(PutRequest.newBuilder().setKey(bytes("k")).setLease(99).build());
            throw new AssertionError("a put with a lease that there is not");
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getDescription()).contains("lease not found");
        }
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}

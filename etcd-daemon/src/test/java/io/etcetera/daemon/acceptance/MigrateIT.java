package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code etcdutl migrate}, there and back. */
class MigrateIT {
    @TempDir
    Path directory;

    private String migrate(Path from, Path output, String to) throws Exception {
        Path etcdutl = Tools.ourEtcd().resolveSibling("etcdutl");
        return ServerProcess.run(
                directory,
                List.of(),
                etcdutl.toString(),
                "migrate",
                "--data-dir=" + from,
                "--output-dir=" + output,
                "--to=" + to);
    }

    private static void put(ServerProcess server, int count, String prefix) {
        try (GrpcClient client = new GrpcClient(server)) {
            for (int i = 0; i < count; i++) {
                var unused = client.kv()
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(prefix + i % 7))
                                .setValue(ByteString.copyFromUtf8("value " + i))
                                .build());
            }
        }
    }

    private static String state(ServerProcess server) {
        try (GrpcClient client = new GrpcClient(server)) {
            HashKVResponse hash = client.maintenance().hashKV(HashKVRequest.getDefaultInstance());
            return "member " + hash.getHeader().getMemberId() + " of "
                    + hash.getHeader().getClusterId()
                    + ", revision " + hash.getHashRevision() + ", hash " + hash.getHash() + ", "
                    + client.lease()
                            .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                            .getLeasesList();
        }
    }

    @Test
    void fromStockToOursAndBack() throws Exception {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        Path third = directory.resolve("third");
        String before;
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), first, "--snapshot-count=20")) {
            try (GrpcClient client = new GrpcClient(stock)) {
                var unused = client.lease()
                        .leaseGrant(LeaseGrantRequest.newBuilder()
                                .setID(7)
                                .setTTL(6000)
                                .build());
            }
            put(stock, 50, "stock");
            before = state(stock);
            stock.kill();
        }
        assertThat(migrate(first.resolve("data"), second.resolve("data"), "etcetera"))
                .contains("made " + second.resolve("data"))
                .doesNotContain("exit status");
        assertThat(migrate(first.resolve("data"), second.resolve("data"), "etcetera"))
                .contains("is not empty")
                .contains("exit status 1");
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), second)) {
            assertThat(state(ours)).isEqualTo(before);
            put(ours, 50, "ours");
            before = state(ours);
            // What the store has not taken up yet comes over by way of the log.
            ours.kill();
        }
        assertThat(migrate(second.resolve("data"), third.resolve("data"), "etcd"))
                .doesNotContain("exit status");
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), third)) {
            assertThat(state(stock)).isEqualTo(before);
            put(stock, 3, "stock");
            before = state(stock);
            stock.kill();
            stock.restart();
            assertThat(state(stock)).isEqualTo(before);
        }
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), third)) {
            assertThat(state(ours)).isEqualTo(before);
        }
    }

    @Test
    void foreignDirectoriesAreRefused() throws Exception {
        Path empty = Files.createDirectories(directory.resolve("empty"));
        for (String to : List.of("etcetera", "etcd")) {
            Path output = directory.resolve("output-" + to);
            assertThat(migrate(empty, output, to)).contains("Error: " + empty).contains("exit status 1");
            assertThat(output).doesNotExist();
        }
    }
}

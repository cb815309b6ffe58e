package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
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

    @EachGoRelease
    void fromStockToOursAndBack(String release) throws Exception {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        Path third = directory.resolve("third");
        MemberContent before;
        try (ServerProcess stock = ServerProcess.start(Tools.stockServer(release), first, "--snapshot-count=20")) {
            try (GrpcClient client = new GrpcClient(stock)) {
                var unused = client.lease()
                        .leaseGrant(LeaseGrantRequest.newBuilder()
                                .setID(MemberContent.LEASE)
                                .setTTL(6000)
                                .build());
            }
            put(stock, 50, "stock");
            before = MemberContent.of(stock);
            stock.kill();
        }
        assertThat(migrate(first.resolve("data"), second.resolve("data"), "etcetera"))
                .contains("made " + second.resolve("data"))
                .doesNotContain("exit status");
        assertThat(migrate(first.resolve("data"), second.resolve("data"), "etcetera"))
                .contains("is not empty")
                .contains("exit status 1");
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), second)) {
            assertThat(MemberContent.of(ours)).isEqualTo(before);
            put(ours, 50, "ours");
            before = MemberContent.of(ours);
            // What the store has not taken up yet comes over by way of the log.
            ours.kill();
        }
        assertThat(migrate(second.resolve("data"), third.resolve("data"), "etcd"))
                .doesNotContain("exit status");
        try (ServerProcess stock = ServerProcess.start(Tools.stock("etcd"), third)) {
            assertThat(MemberContent.of(stock)).isEqualTo(before);
            put(stock, 3, "stock");
            before = MemberContent.of(stock);
            stock.kill();
            stock.restart();
            assertThat(MemberContent.of(stock)).isEqualTo(before);
        }
        try (ServerProcess ours = ServerProcess.start(Tools.ourEtcd(), third)) {
            assertThat(MemberContent.of(ours)).isEqualTo(before);
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

package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.YamlConfig;
import io.etcetera.junit5.EtcdClusterExtension;
import io.etcetera.junit5.EtcdMember;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SampleTest {
    @RegisterExtension
    static final EtcdClusterExtension cluster =
            EtcdClusterExtension.builder().withNodes(3).withSsl(true).build();

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    @Test
    void startPutWatchElect(@TempDir Path directory) throws Exception {
        List<URI> anyPort = List.of(URI.create("http://127.0.0.1:0"));
        EtcdConfig config = EtcdConfig.builder()
                .dataDir(directory.resolve("data"))
                .listenClientUrls(anyPort)
                .advertiseClientUrls(anyPort)
                .listenPeerUrls(anyPort)
                .build();
        try (Etcd etcd = Etcd.start(config)) {
            CompletableFuture<String> seen = new CompletableFuture<>();
            etcd.reads()
                    .watch(
                            WatchCreateRequest.newBuilder().setKey(bytes("greeting")).build(),
                            (events, revision) -> seen.complete(events.get(0).getKv().getValue().toStringUtf8()));
            KVGrpc.newBlockingStub(etcd.channel())
                    .put(PutRequest.newBuilder().setKey(bytes("greeting")).setValue(bytes("hello")).build());
            assertEquals("hello", seen.get(60, TimeUnit.SECONDS));

            long lease = LeaseGrpc.newBlockingStub(etcd.channel())
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                    .getID();
            assertTrue(ElectionGrpc.newBlockingStub(etcd.channel())
                    .campaign(CampaignRequest.newBuilder()
                            .setName(bytes("chair"))
                            .setLease(lease)
                            .setValue(bytes("me"))
                            .build())
                    .hasLeader());
        }
    }

    @Test
    void theExtensionGivesAClusterThatLosesItsLeader() {
        EtcdMember leader = cluster.cluster().awaitLeader();
        leader.stop();
        KVGrpc.newBlockingStub(cluster.channel())
                .put(PutRequest.newBuilder().setKey(bytes("greeting")).build());
        leader.start();
        assertFalse(cluster.caFile().toFile().length() == 0);
    }

    @Test
    void theConfigurationFileOfTheDaemonIsRead(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("etcd.yaml"), "name: sample\ndata-dir: " + directory + "/data\n");
        assertEquals("sample", YamlConfig.read(file).build().name());
    }

    /** Neither a log binding nor the libraries inside etcd-raft under their own names. */
    @Test
    void bringsNothingThatTheHostDidNotAskFor() {
        for (String foreign : List.of(
                "ch.qos.logback.classic.Logger", "org.slf4j.simple.SimpleLogger", "com.alipay.sofa.jraft.Node",
                "com.lmax.disruptor.RingBuffer", "org.apache.commons.lang3.StringUtils")) {
            assertThrows(ClassNotFoundException.class, () -> Class.forName(foreign), foreign);
        }
    }
}

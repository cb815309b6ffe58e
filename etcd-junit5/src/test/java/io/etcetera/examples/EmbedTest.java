package io.etcetera.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbedTest {
    @TempDir
    private Path directory;

    @Test
    void embed() throws Exception {
        Path data = directory.resolve("data");
        // guide embed
        EtcdConfig config = EtcdConfig.builder()
                .dataDir(data)
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0"))) // 0: any free port
                .advertiseClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .listenPeerUrls(List.of(URI.create("http://127.0.0.1:0")))
                .build();
        try (Etcd etcd = Etcd.start(config, cause -> System.err.println("etcd has failed: " + cause))) {
            ByteString key = ByteString.copyFromUtf8("greeting");
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(etcd.channel());
            long revision = kv.put(PutRequest.newBuilder()
                            .setKey(key)
                            .setValue(ByteString.copyFromUtf8("hello"))
                            .build())
                    .getHeader()
                    .getRevision();
            URI forOthers = etcd.clientUrls().get(0); // with the port that was bound
            // end
            assertThat(revision).isEqualTo(2);
            assertThat(forOthers.getPort()).isPositive();
            assertThat(kv.range(RangeRequest.newBuilder().setKey(key).build()).getCount())
                    .isEqualTo(1);
        }
    }
}

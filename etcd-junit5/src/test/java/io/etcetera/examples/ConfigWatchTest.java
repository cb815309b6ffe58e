package io.etcetera.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.junit5.EtcdCluster;
import io.etcetera.junit5.WithEtcd;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.mvccpb.Event.EventType;
import io.etcetera.server.Etcd;
import io.etcetera.server.direct.DirectWatch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@WithEtcd
class ConfigWatchTest {

    @Test
    void configWatch(EtcdCluster cluster) throws Exception {
        Etcd etcd = cluster.members().get(0).etcd();
        put(etcd, "config/limit", "10");
        CountDownLatch changed = new CountDownLatch(1);
        // guide config
        ByteString from = ByteString.copyFromUtf8("config/");
        ByteString to = ByteString.copyFromUtf8("config0"); // the first key behind all that begin so: '0' follows '/'
        Map<String, String> settings = new ConcurrentHashMap<>();

        RangeResponse now = etcd.reads()
                .range(RangeRequest.newBuilder().setKey(from).setRangeEnd(to).build());
        now.getKvsList()
                .forEach(kv ->
                        settings.put(kv.getKey().toStringUtf8(), kv.getValue().toStringUtf8()));

        WatchCreateRequest changes = WatchCreateRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(to)
                .setStartRevision(now.getHeader().getRevision() + 1) // nothing is missed between the two
                .build();
        DirectWatch watch = etcd.reads()
                .watch(
                        changes,
                        (events, revision) -> events.forEach(event -> {
                            String key = event.getKv().getKey().toStringUtf8();
                            if (event.getType() == EventType.PUT) {
                                settings.put(key, event.getKv().getValue().toStringUtf8());
                            } else {
                                settings.remove(key);
                            }
                            changed.countDown();
                        }));
        // end
        try (watch) {
            assertThat(settings).containsExactly(Map.entry("config/limit", "10"));
            put(etcd, "config/limit", "20");
            assertThat(changed.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(settings).containsExactly(Map.entry("config/limit", "20"));
        }
    }

    private static void put(Etcd etcd, String key, String value) {
        var unused = KVGrpc.newBlockingStub(etcd.channel())
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }
}

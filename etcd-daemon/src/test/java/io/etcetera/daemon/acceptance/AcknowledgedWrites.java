package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.mvccpb.KeyValue;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What clients were told is written: each key is put once, and its acknowledged revision kept. Writers run until the
 * server goes away under them; a put whose answer never came may or may not be there later, and is not counted.
 */
final class AcknowledgedWrites {
    private static final ByteString FROM = ByteString.copyFromUtf8("key-");
    private static final ByteString TO = ByteString.copyFromUtf8("key.");

    private final Map<String, Long> revisions = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();

    int size() {
        return revisions.size();
    }

    /** Puts key after key, until a call fails. */
    void writeUntilItFails(ServerProcess server) {
        writeUntil(server, new AtomicBoolean());
    }

    /** Puts key after key, until told to stop or a call fails. */
    void writeUntil(ServerProcess server, AtomicBoolean stop) {
        try (GrpcClient client = new GrpcClient(server)) {
            while (!stop.get()) {
                String key = "key-" + next.incrementAndGet();
                PutRequest put = PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(value(key))
                        .build();
                revisions.put(key, client.kv().put(put).getHeader().getRevision());
            }
        } catch (StatusRuntimeException serverIsGone) {
            return;
        }
    }

    /** Every acknowledged write is there: once, whole, and at its revision. */
    void assertAllPresent(ServerProcess server) {
        Map<String, KeyValue> found = new HashMap<>();
        try (GrpcClient client = new GrpcClient(server)) {
            RangeRequest all =
                    RangeRequest.newBuilder().setKey(FROM).setRangeEnd(TO).build();
            for (KeyValue kv : client.kv().range(all).getKvsList()) {
                found.put(kv.getKey().toStringUtf8(), kv);
            }
        }
        revisions.forEach((key, revision) -> {
            assertThat(found).as("acknowledged at revision %d", revision).containsKey(key);
            KeyValue kv = Objects.requireNonNull(found.get(key));
            assertThat(kv.getModRevision()).as("revision of %s", key).isEqualTo(revision);
            assertThat(kv.getCreateRevision()).as("create revision of %s", key).isEqualTo(revision);
            assertThat(kv.getVersion()).as("version of %s", key).isEqualTo(1);
            assertThat(kv.getValue()).as("value of %s", key).isEqualTo(value(key));
        });
    }

    private static ByteString value(String key) {
        return ByteString.copyFromUtf8(key.repeat(1 + Math.floorMod(key.hashCode(), 40)));
    }
}

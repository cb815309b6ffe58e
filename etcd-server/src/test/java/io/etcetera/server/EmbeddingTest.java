package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmRequest.AlarmAction;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.server.direct.DirectWatch;
import io.etcetera.server.direct.WatchListener;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a member offers to the JVM that it runs in. */
@Timeout(120)
class EmbeddingTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    /** More than wait in a watch's queue. */
    private static final int MANY = 400;

    @TempDir
    private Path directory;

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

    private final EtcdListener listener = new EtcdListener() {
        @Override
        public void failed(Throwable cause) {
            news.add("failed: " + cause.getMessage());
        }

        @Override
        public void leaderChanged(long leaderId) {
            news.add("leader " + Long.toHexString(leaderId));
        }

        @Override
        public void alarmRaised(EtcdAlarm alarm) {
            news.add("raised " + alarm.kind() + " " + alarm.memberId());
        }

        @Override
        public void alarmCleared(EtcdAlarm alarm) {
            news.add("cleared " + alarm.kind() + " " + alarm.memberId());
        }
    };

    private EtcdConfig.Builder config(String name) {
        List<URI> anyPort = List.of(URI.create("http://127.0.0.1:0"));
        return EtcdConfig.builder()
                .name(name)
                .dataDir(directory.resolve(name))
                .listenClientUrls(anyPort)
                .advertiseClientUrls(anyPort)
                .listenPeerUrls(anyPort)
                .unsafeNoFsync(true);
    }

    private static long put(Etcd etcd, String value) {
        return KVGrpc.newBlockingStub(etcd.channel())
                .put(PutRequest.newBuilder()
                        .setKey(KEY)
                        .setValue(ByteString.copyFromUtf8(value))
                        .build())
                .getHeader()
                .getRevision();
    }

    private static void alarm(Etcd etcd, AlarmAction action) {
        var unused = MaintenanceGrpc.newBlockingStub(etcd.channel())
                .alarm(AlarmRequest.newBuilder()
                        .setAction(action)
                        .setAlarm(AlarmType.NOSPACE)
                        .setMemberID(9)
                        .build());
    }

    private String nextNews() throws InterruptedException {
        return String.valueOf(news.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void tellsItsOwnerOfLeadersAndAlarms() throws Exception {
        EtcdConfig config = config("one").build();
        try (Etcd etcd = Etcd.start(config, listener)) {
            assertThat(nextNews()).isEqualTo("leader " + Long.toHexString(etcd.memberId()));
            assertThat(etcd.leaderId()).isEqualTo(etcd.memberId());
            alarm(etcd, AlarmAction.ACTIVATE);
            assertThat(nextNews()).isEqualTo("raised NO_SPACE 9");
        }
        news.clear();
        try (Etcd etcd = Etcd.start(config, listener)) {
            assertThat(nextNews()).isEqualTo("raised NO_SPACE 9");
            assertThat(nextNews()).startsWith("leader ");
            alarm(etcd, AlarmAction.DEACTIVATE);
            assertThat(nextNews()).isEqualTo("cleared NO_SPACE 9");
        }
    }

    @Test
    void aStartThatWaitsForOthersCanBeGivenUp() throws Exception {
        EtcdConfig config = config("a")
                .initialCluster("a=http://localhost:2380,b=http://127.0.0.1:9")
                .build();
        CompletableFuture<Void> ready;
        try (Etcd etcd = Etcd.launcher(config).listener(listener).startAsync()) {
            ready = etcd.ready();
            assertThat(ready).isNotDone();
            assertThat(etcd.leaderId()).isZero();
        }
        assertThatThrownBy(() -> ready.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(EtcdStartException.class)
                .hasMessageContaining("failed while it was starting");
        assertThat(news).noneMatch(told -> told.startsWith("failed"));
    }

    @Test
    void rangesAreReadWithoutGrpc() throws Exception {
        Etcd etcd = Etcd.start(config("one").build());
        RangeRequest request = RangeRequest.newBuilder().setKey(KEY).build();
        RangeRequest serializable = request.toBuilder().setSerializable(true).build();
        try (etcd) {
            put(etcd, "one");
            put(etcd, "two");
            RangeResponse now = etcd.reads().range(request);
            assertThat(now).isEqualTo(KVGrpc.newBlockingStub(etcd.channel()).range(request));
            assertThat(etcd.reads().range(serializable)).isEqualTo(now);
            assertThat(now.getKvs(0).getValue()).isEqualTo(ByteString.copyFromUtf8("two"));
            assertThat(etcd.reads()
                            .range(request.toBuilder().setRevision(2).build())
                            .getKvs(0)
                            .getValue())
                    .isEqualTo(ByteString.copyFromUtf8("one"));
            assertThatThrownBy(() -> etcd.reads()
                            .range(request.toBuilder().setRevision(9).build()))
                    .hasMessage(EtcdError.FUTURE_REVISION.text());
            assertThatThrownBy(() -> etcd.reads().range(RangeRequest.getDefaultInstance()))
                    .hasMessage(EtcdError.EMPTY_KEY.text());
        }
        assertThatThrownBy(() -> etcd.reads().range(request)).hasMessage(EtcdError.STOPPED.text());
        assertThatThrownBy(() -> etcd.reads().range(serializable)).hasMessage(EtcdError.STOPPED.text());
    }

    @Test
    void aWatchThatIsSlowLosesNothing() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        WatchListener slow = new WatchListener() {
            @Override
            public void events(List<Event> events, long revision) {
                try {
                    assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                events.forEach(event -> seen.add(event.getKv().getValue().toStringUtf8()));
            }

            @Override
            public void stopped() {
                seen.add("stopped");
            }
        };
        try (Etcd etcd = Etcd.start(config("one").build())) {
            var unused = etcd.reads()
                    .watch(WatchCreateRequest.newBuilder().setKey(KEY).build(), slow);
            for (int i = 0; i < MANY; i++) {
                put(etcd, "value " + i);
            }
            assertThat(seen).isEmpty();
            goOn.countDown();
            for (int i = 0; i < MANY; i++) {
                assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo("value " + i);
            }
        }
        assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo("stopped");
    }

    @Test
    void watchesEndWhenClosedOrCompacted() throws Exception {
        BlockingQueue<Long> compacted = new LinkedBlockingQueue<>();
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        WatchCreateRequest now = WatchCreateRequest.newBuilder().setKey(KEY).build();
        try (Etcd etcd = Etcd.start(config("one").build())) {
            DirectWatch closed = etcd.reads().watch(now, (events, revision) -> seen.add(-revision));
            closed.close();
            var unused = etcd.reads().watch(now, (events, revision) -> seen.add(revision));
            put(etcd, "one");
            long revision = put(etcd, "two");
            assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(revision - 1);
            assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(revision);

            var answer = KVGrpc.newBlockingStub(etcd.channel())
                    .compact(
                            CompactionRequest.newBuilder().setRevision(revision).build());
            assertThat(answer.hasHeader()).isTrue();
            var late = etcd.reads().watch(now.toBuilder().setStartRevision(1).build(), new WatchListener() {
                @Override
                public void events(List<Event> events, long at) {
                    compacted.add(-at);
                }

                @Override
                public void compacted(long compactRevision) {
                    compacted.add(compactRevision);
                }
            });
            assertThat(late).isNotNull();
            assertThat(compacted.poll(60, TimeUnit.SECONDS)).isEqualTo(revision);
            assertThat(seen).isEmpty();
        }
    }
}

package io.etcetera.server.rpc.watch;

import static io.etcetera.server.rpc.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.proto.etcdserverpb.WatchCancelRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchProgressRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.EtcdError;
import io.etcetera.server.rpc.port.FakeMember;
import io.etcetera.server.rpc.port.FakeWatchHub;
import io.etcetera.server.rpc.port.StreamRecorder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchServiceTest {
    private final FakeMember member = FakeMember.started();
    private final StreamRecorder<WatchRequest, WatchResponse> client = new StreamRecorder<>();
    private final StreamObserver<WatchRequest> requests =
            WatchGrpc.newStub(member.channel()).watch(client);
    private final FakeWatchHub.Stream stream = member.store.hub.opened.take();

    WatchServiceTest() throws IOException, InterruptedException {
        member.store.revision = 5;
    }

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void createdComesFirstThenEvents() throws Exception {
        create(WatchCreateRequest.newBuilder()
                .setKey(bytes("a"))
                .setRangeEnd(bytes("b"))
                .setStartRevision(3)
                .addFilters(WatchCreateRequest.FilterType.NODELETE)
                .addFiltersValue(9));
        assertThat(stream.started.take()).isZero();
        assertThat(stream.sink.offer(FakeWatchHub.batch(0, 6, put("a", 6)))).isTrue();
        assertThat(client.next()).isEqualTo(created(0));
        assertThat(client.next())
                .isEqualTo(WatchResponse.newBuilder()
                        .setHeader(FakeMember.header(6))
                        .addEvents(withoutPrevious(put("a", 6)))
                        .build());
        var watcher = stream.watcher(0);
        assertThat(watcher.startRevision()).isEqualTo(3);
        assertThat(watcher.noDelete()).isTrue();
        assertThat(watcher.noPut()).isFalse();
        assertThat(watcher.range().contains(new byte[] {'a', 'x'})).isTrue();
    }

    @Test
    void previousValuesOnlyWhereAskedFor() throws Exception {
        create(WatchCreateRequest.newBuilder()
                .setKey(bytes("a"))
                .setPrevKv(true)
                .setWatchId(7));
        assertThat(client.next()).isEqualTo(created(7));
        stream.sink.offer(FakeWatchHub.batch(7, 6, put("a", 6)));
        assertThat(client.next().getEvents(0)).isEqualTo(put("a", 6));
    }

    @Test
    void anEmptyKeyMeansTheFirstOfAll() throws Exception {
        create(WatchCreateRequest.newBuilder().setRangeEnd(ByteString.copyFrom(new byte[1])));
        assertThat(client.next()).isEqualTo(created(0));
        assertThat(stream.watcher(0).range().contains(new byte[] {0})).isTrue();
    }

    @Test
    void refusals() throws Exception {
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7));
        assertThat(client.next()).isEqualTo(created(7));
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7));
        assertThat(client.next()).isEqualTo(refused("mvcc: duplicate watch ID provided on the WatchStream"));
        create(WatchCreateRequest.newBuilder().setKey(bytes("b")).setRangeEnd(bytes("a")));
        assertThat(client.next()).isEqualTo(refused("mvcc: watcher range is empty"));
        create(WatchCreateRequest.newBuilder()
                .setKey(bytes("b"))
                .setRangeEnd(bytes("a"))
                .setStartRevision(-1));
        assertThat(client.next()).isEqualTo(refused("etcdserver: mvcc: required revision has been compacted"));
    }

    @Test
    void cancelIsTheLastWordOnAWatch() throws Exception {
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7));
        assertThat(client.next()).isEqualTo(created(7));
        cancel(99);
        requests.onNext(WatchRequest.getDefaultInstance());
        stream.sink.offer(FakeWatchHub.batch(7, 6, put("a", 6)));
        cancel(7);
        assertThat(client.next().getEventsCount()).isEqualTo(1);
        assertThat(client.next())
                .isEqualTo(WatchResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setWatchId(7)
                        .setCanceled(true)
                        .build());
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7));
        assertThat(client.next()).isEqualTo(created(7));
    }

    @Test
    void compactionEndsAWatch() throws Exception {
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7).setStartRevision(2));
        assertThat(client.next()).isEqualTo(created(7));
        stream.sink.offer(new WatchBatch(7, 5, List.of(), 4, 1));
        assertThat(client.next())
                .isEqualTo(WatchResponse.newBuilder()
                        .setHeader(FakeMember.header(0))
                        .setWatchId(7)
                        .setCanceled(true)
                        .setCompactRevision(4)
                        .build());
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7));
        assertThat(client.next()).isEqualTo(refused("mvcc: duplicate watch ID provided on the WatchStream"));
        cancel(7);
        assertThat(client.next().getCanceled()).isTrue();
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(7));
        assertThat(client.next()).isEqualTo(created(7));
    }

    @Test
    void progressFollowsWhatWasHandedOver() throws Exception {
        requests.onNext(progressRequest());
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")));
        assertThat(client.next()).isEqualTo(created(0));
        requests.onNext(progressRequest());
        stream.progress = 6;
        stream.sink.offer(FakeWatchHub.batch(0, 6, put("a", 6)));
        requests.onNext(progressRequest());
        WatchResponse next = client.next();
        // The request before the events may or may not have met the progress set above.
        if (next.getEventsCount() == 0) {
            assertThat(next).isEqualTo(progress(-1, 6));
            next = client.next();
        }
        assertThat(next.getEventsCount()).isEqualTo(1);
        assertThat(client.next()).isEqualTo(progress(-1, 6));
    }

    @Test
    void idleWatchesAreToldTheRevisionFromTimeToTime() throws Exception {
        stream.progress = 8;
        // The one that is told comes last: on a busy machine it may be told before another is created.
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(4));
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(3).setProgressNotify(true));
        assertThat(client.next()).isEqualTo(created(4));
        assertThat(client.next()).isEqualTo(created(3));
        assertThat(client.next()).isEqualTo(progress(3, 8));
        assertThat(client.next()).isEqualTo(progress(3, 8));
    }

    @Test
    void fragmentsOnlyWhereAllowed() throws Exception {
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(1).setFragment(true));
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(2));
        assertThat(client.next()).isEqualTo(created(1));
        assertThat(client.next()).isEqualTo(created(2));
        Event[] events = new Event[30];
        for (int i = 0; i < events.length; i++) {
            events[i] = Event.newBuilder()
                    .setKv(KeyValue.newBuilder()
                            .setKey(bytes("a" + i))
                            .setValue(ByteString.copyFrom(new byte[100_000])))
                    .build();
        }
        stream.sink.offer(FakeWatchHub.batch(1, 6, events));
        stream.sink.offer(FakeWatchHub.batch(2, 6, events));
        WatchResponse first = client.next();
        WatchResponse second = client.next();
        WatchResponse whole = client.next();
        assertThat(first.getFragment()).isTrue();
        assertThat(first.getEventsCount()).isEqualTo(20);
        assertThat(second.getFragment()).isFalse();
        assertThat(second.getEventsCount()).isEqualTo(10);
        assertThat(whole.getEventsCount()).isEqualTo(30);
    }

    @Test
    void aSlowClientIsBoundedAndCatchesUp() throws Exception {
        StreamRecorder<WatchRequest, WatchResponse> slow = new StreamRecorder<>(true);
        StreamObserver<WatchRequest> slowRequests =
                WatchGrpc.newStub(member.channel()).watch(slow);
        FakeWatchHub.Stream slowStream = member.store.hub.opened.take();
        slow.request(1);
        slowRequests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(bytes("a")).setWatchId(1))
                .build());
        assertThat(slow.next()).isEqualTo(created(1));
        Event large = Event.newBuilder()
                .setKv(KeyValue.newBuilder().setKey(bytes("a")).setValue(ByteString.copyFrom(new byte[500_000])))
                .build();
        int taken = 0;
        while (slowStream.sink.offer(FakeWatchHub.batch(1, 10 + taken, large))) {
            taken++;
            // What gRPC buffers and the queue holds, with a margin.
            assertThat(taken).isLessThan(WatchQueue.MAX_BATCHES + 32);
        }
        assertThat(taken).isGreaterThanOrEqualTo(WatchQueue.MAX_BATCHES);
        assertThat(slowStream.resumes).hasValue(0);
        slow.request(taken);
        for (int i = 0; i < taken; i++) {
            assertThat(slow.next().getHeader().getRevision()).isEqualTo(10 + i);
        }
        assertThat(slowStream.calls.poll(60, TimeUnit.SECONDS)).isEqualTo("resume");
        assertThat(slowStream.sink.offer(FakeWatchHub.batch(1, 1000, put("a", 1000))))
                .isTrue();
        slow.request(1);
        assertThat(slow.next().getHeader().getRevision()).isEqualTo(1000);
    }

    @Test
    void watchesOutliveTheHalfClose() throws Exception {
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")));
        assertThat(client.next()).isEqualTo(created(0));
        requests.onCompleted();
        stream.sink.offer(FakeWatchHub.batch(0, 6, put("a", 6)));
        assertThat(client.next().getEventsCount()).isEqualTo(1);
        assertThat(client.ended()).isFalse();
        client.cancel();
        assertThat(stream.calls.poll(60, TimeUnit.SECONDS)).isEqualTo("close");
    }

    @Test
    void streamsThatAskForALeaderEndWithoutOne() throws Exception {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        WatchGrpc.WatchStub stub = WatchGrpc.newStub(member.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        StreamRecorder<WatchRequest, WatchResponse> demanding = new StreamRecorder<>();
        stub.watch(demanding);
        member.store.hub.opened.take();
        member.leader = 0;
        assertNoLeader(demanding.end());
        assertThat(client.ended()).isFalse();

        StreamRecorder<WatchRequest, WatchResponse> late = new StreamRecorder<>();
        stub.watch(late);
        assertNoLeader(late.end());
    }

    private static void assertNoLeader(Status status) {
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo(EtcdError.NO_LEADER.text());
    }

    @Test
    void theServersEndIsTheStreamsEnd() throws Exception {
        create(WatchCreateRequest.newBuilder().setKey(bytes("a")));
        client.next();
        member.server().close();
        // Clients of etcd connect anew after UNAVAILABLE; anything else would end their watches for good.
        assertThat(client.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(stream.closed).isTrue();
    }

    private void create(WatchCreateRequest.Builder create) {
        requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    }

    private void cancel(long watchId) {
        requests.onNext(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                .build());
    }

    private static WatchRequest progressRequest() {
        return WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build();
    }

    private static WatchResponse created(long watchId) {
        return WatchResponse.newBuilder()
                .setHeader(FakeMember.header(5))
                .setWatchId(watchId)
                .setCreated(true)
                .build();
    }

    private static WatchResponse refused(String reason) {
        return WatchResponse.newBuilder()
                .setHeader(FakeMember.header(5))
                .setWatchId(-1)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build();
    }

    private static WatchResponse progress(long watchId, long revision) {
        return WatchResponse.newBuilder()
                .setHeader(FakeMember.header(revision))
                .setWatchId(watchId)
                .build();
    }

    private static Event put(String key, long revision) {
        KeyValue.Builder kv = KeyValue.newBuilder().setKey(bytes(key)).setModRevision(revision);
        return Event.newBuilder()
                .setKv(kv)
                .setPrevKv(kv.clone().setModRevision(revision - 1))
                .build();
    }

    private static Event withoutPrevious(Event event) {
        return event.toBuilder().clearPrevKv().build();
    }
}

package io.etcetera.server.rpc.kv;

import static io.etcetera.server.rpc.Requests.bytes;
import static io.etcetera.server.rpc.Requests.put;
import static io.etcetera.server.rpc.Requests.putOp;
import static io.etcetera.server.rpc.Requests.range;
import static io.etcetera.server.rpc.Requests.rangeOp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.RangeStreamResponse;
import io.etcetera.proto.etcdserverpb.ResponseOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.port.FakeMember;
import io.etcetera.server.rpc.port.StreamRecorder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KvServiceTest {
    private static final int MAX_MESSAGE = 1_572_864 + 512 * 1024;

    private final FakeMember member = FakeMember.started();
    private final KVGrpc.KVBlockingStub kv =
            KVGrpc.newBlockingStub(member.channel()).withDeadlineAfter(120, TimeUnit.SECONDS);

    KvServiceTest() throws IOException {}

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void pointReadsAreAnsweredOnTheEventLoop() {
        KeyValue a = member.store.put("a", new byte[] {1});
        member.store.put("b", new byte[] {2});
        assertThat(kv.range(range("a").build()))
                .isEqualTo(RangeResponse.newBuilder()
                        .setHeader(FakeMember.header(3))
                        .addKvs(a)
                        .setCount(1)
                        .build());
        assertThat(kv.range(range("a").setSerializable(true).build()).getKvs(0)).isEqualTo(a);
        assertThat(kv.range(range("x").build()))
                .isEqualTo(RangeResponse.newBuilder()
                        .setHeader(FakeMember.header(3))
                        .build());
        assertThat(member.store.readers).allMatch(thread -> thread.getName().startsWith("etcd-rpc"));
    }

    @Test
    void largerReadsGoToReaderThreads() {
        List<KeyValue> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(member.store.put(String.format("k%02d", i), new byte[10_000]));
        }
        RangeResponse response = kv.range(range("k", "l").build());
        assertThat(response.getKvsList()).isEqualTo(all);
        assertThat(response.getCount()).isEqualTo(50);
        assertThat(response.getMore()).isFalse();
        RangeResponse limited = kv.range(range("k", "l").setLimit(7).build());
        assertThat(limited.getKvsCount()).isEqualTo(7);
        assertThat(limited.getMore()).isTrue();
        assertThat(limited.getCount()).isEqualTo(50);
        assertThat(member.store.readers).allMatch(thread -> thread.getName().startsWith("etcd-read"));
    }

    @Test
    void errorsOfReads() {
        member.store.put("a", new byte[1]);
        member.store.put("a", new byte[1]);
        member.store.compactRevision = 3;
        assertError(EtcdError.EMPTY_KEY, () -> kv.range(RangeRequest.getDefaultInstance()));
        assertError(
                EtcdError.FUTURE_REVISION,
                () -> kv.range(range("a").setRevision(9).build()));
        assertError(
                EtcdError.COMPACTED, () -> kv.range(range("a").setRevision(2).build()));
        assertError(
                EtcdError.COMPACTED,
                () -> kv.range(range("a", "b").setRevision(2).build()));
        for (EtcdError error : List.of(EtcdError.TIMEOUT, EtcdError.LEADER_CHANGED, EtcdError.STOPPED)) {
            member.readError = error;
            assertError(error, () -> kv.range(range("a").build()));
            assertError(
                    error,
                    () -> kv.txn(
                            TxnRequest.newBuilder().addSuccess(rangeOp("a")).build()));
            kv.range(range("a").setSerializable(true).build());
        }
    }

    @Test
    void puts() throws Exception {
        member.applier = request ->
                PutResponse.newBuilder().setHeader(FakeMember.bare(9)).build();
        assertThat(kv.put(put("a", "b").build()))
                .isEqualTo(
                        PutResponse.newBuilder().setHeader(FakeMember.header(9)).build());
        assertThat(member.proposed.take().getPut()).isEqualTo(put("a", "b").build());

        KeyValue previous = KeyValue.newBuilder().setKey(bytes("a")).build();
        member.applier = request -> PutResponse.newBuilder()
                .setHeader(FakeMember.bare(10))
                .setPrevKv(previous)
                .build();
        assertThat(kv.put(put("a", "b").setPrevKv(true).build()))
                .isEqualTo(PutResponse.newBuilder()
                        .setHeader(FakeMember.header(10))
                        .setPrevKv(previous)
                        .build());
    }

    @Test
    void errorsOfApplyingReachTheClient() {
        for (EtcdError error : EtcdError.values()) {
            member.applier = request -> {
                throw new EtcdException(error);
            };
            assertError(error, () -> kv.put(put("a", "b").build()));
            assertError(
                    error,
                    () -> kv.txn(TxnRequest.newBuilder().addSuccess(putOp("a")).build()));
            assertError(
                    error,
                    () -> kv.deleteRange(
                            DeleteRangeRequest.newBuilder().setKey(bytes("a")).build()));
            assertError(error, () -> kv.compact(CompactionRequest.getDefaultInstance()));
        }
    }

    @Test
    void quotaComesBeforeValidation() {
        member.quotaError = EtcdError.NO_SPACE;
        assertError(EtcdError.NO_SPACE, () -> kv.put(put("", "").build()));
        assertError(
                EtcdError.NO_SPACE,
                () -> kv.txn(TxnRequest.newBuilder().addSuccess(putOp("")).build()));
        member.quotaError = null;
        assertError(EtcdError.EMPTY_KEY, () -> kv.put(put("", "").build()));
        assertError(
                EtcdError.EMPTY_KEY,
                () -> kv.txn(TxnRequest.newBuilder().addSuccess(putOp("")).build()));
        assertThat(member.proposed).isEmpty();
    }

    @Test
    void deletesAndTransactions() {
        member.applier = request -> request.hasDeleteRange()
                ? DeleteRangeResponse.newBuilder()
                        .setHeader(FakeMember.bare(4))
                        .setDeleted(2)
                        .build()
                : TxnResponse.newBuilder()
                        .setHeader(FakeMember.bare(5))
                        .addResponses(ResponseOp.newBuilder()
                                .setResponsePut(PutResponse.newBuilder().setHeader(FakeMember.bare(5))))
                        .build();
        assertThat(kv.deleteRange(
                        DeleteRangeRequest.newBuilder().setKey(bytes("a")).build()))
                .isEqualTo(DeleteRangeResponse.newBuilder()
                        .setHeader(FakeMember.header(4))
                        .setDeleted(2)
                        .build());
        TxnResponse txn = kv.txn(TxnRequest.newBuilder().addSuccess(putOp("a")).build());
        assertThat(txn.getHeader()).isEqualTo(FakeMember.header(5));
        assertThat(txn.getResponses(0).getResponsePut().getHeader()).isEqualTo(FakeMember.bare(5));
    }

    @Test
    void readOnlyTransactionsStayAwayFromTheLog() {
        KeyValue a = member.store.put("a", new byte[] {1});
        TxnResponse small =
                kv.txn(TxnRequest.newBuilder().addSuccess(rangeOp("a")).build());
        assertThat(small.getSucceeded()).isTrue();
        assertThat(small.getHeader()).isEqualTo(FakeMember.header(2));
        assertThat(small.getResponses(0).getResponseRange().getKvs(0)).isEqualTo(a);
        assertThat(member.store.readers).allMatch(thread -> thread.getName().startsWith("etcd-rpc"));

        member.store.readers.clear();
        TxnRequest.Builder large = TxnRequest.newBuilder();
        large.addSuccessBuilder().setRequestRange(range("a", "b").setSerializable(true));
        member.readError = EtcdError.TIMEOUT;
        assertThat(kv.txn(large.build()).getResponses(0).getResponseRange().getCount())
                .isEqualTo(1);
        assertThat(member.store.readers).allMatch(thread -> thread.getName().startsWith("etcd-read"));
        assertThat(member.proposed).isEmpty();
    }

    @Test
    void compactions() {
        member.applier = request ->
                CompactionResponse.newBuilder().setHeader(FakeMember.bare(0)).build();
        member.store.revision = 12;
        assertThat(kv.compact(CompactionRequest.newBuilder().setRevision(3).build()))
                .isEqualTo(CompactionResponse.newBuilder()
                        .setHeader(FakeMember.header(12))
                        .build());
    }

    @Test
    void streamsARangeInGrowingChunks() throws Exception {
        List<KeyValue> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(member.store.put(String.format("k%02d", i), new byte[1]));
        }
        List<RangeResponse> chunks = stream(range("k", "l").build());
        assertThat(chunks.stream().map(RangeResponse::getKvsCount)).containsExactly(10, 20, 40, 30);
        assertThat(chunks.stream().flatMap(chunk -> chunk.getKvsList().stream()).toList())
                .isEqualTo(all);
        assertThat(chunks.subList(0, 3))
                .allMatch(chunk -> !chunk.hasHeader() && chunk.getCount() == 0 && !chunk.getMore());
        RangeResponse last = chunks.get(3);
        assertThat(last.getHeader()).isEqualTo(FakeMember.header(101));
        assertThat(last.getCount()).isEqualTo(100);
        assertThat(last.getMore()).isFalse();

        List<RangeResponse> limited = stream(range("k", "l").setLimit(25).build());
        assertThat(limited.stream().map(RangeResponse::getKvsCount)).containsExactly(10, 15);
        assertThat(limited.get(1).getMore()).isTrue();
        assertThat(limited.get(1).getCount()).isEqualTo(100);

        List<RangeResponse> past = stream(range("k", "l").setRevision(51).build());
        assertThat(past.stream().map(RangeResponse::getKvsCount)).containsExactly(10, 20, 20);
        assertThat(past.get(2).getHeader()).isEqualTo(FakeMember.header(101));
        assertThat(past.get(2).getCount()).isEqualTo(50);

        assertThat(stream(range("k", "l").setCountOnly(true).build()))
                .containsExactly(RangeResponse.newBuilder()
                        .setHeader(FakeMember.header(101))
                        .setCount(100)
                        .build());
        assertThat(stream(range("x").build()))
                .containsExactly(RangeResponse.newBuilder()
                        .setHeader(FakeMember.header(101))
                        .build());
    }

    /** Each of these is what a stock server does, odd as it is. */
    @Test
    void oddStreams() throws Exception {
        for (int i = 0; i < 30; i++) {
            member.store.put(String.format("k%02d", i), new byte[1]);
        }
        member.store.put("k00", new byte[1]);

        List<RangeResponse> negativeLimit = stream(range("k", "l").setLimit(-1).build());
        assertThat(negativeLimit.stream().map(RangeResponse::getKvsCount)).containsExactly(30);

        // The first four keys are sorted, which puts the first of them last; the rest is counted from behind that one.
        RangeResponse sorted = stream(
                        range("k", "l").setLimit(3).setSortTargetValue(3).build())
                .get(0);
        assertThat(sorted.getKvsList().stream().map(kv -> kv.getKey().toStringUtf8()))
                .containsExactly("k01", "k02", "k03");
        assertThat(sorted.getCount()).isEqualTo(3 + 26);
    }

    @Test
    void chunksShrinkWhenRecordsAreLarge() throws Exception {
        for (int i = 0; i < 30; i++) {
            member.store.put(String.format("k%02d", i), new byte[600_000]);
        }
        // 6 MB is more than twice 1.5 MB: half as many; 3 MB is not, and not less than half of it: the same again.
        assertThat(stream(range("k", "l").build()).stream().map(RangeResponse::getKvsCount))
                .containsExactly(10, 5, 5, 5, 5);
    }

    @Test
    void aStreamWaitsForItsClientAndKeepsItsRevision() throws Exception {
        for (int i = 0; i < 60; i++) {
            member.store.put(String.format("k%02d", i), new byte[100_000]);
        }
        StreamRecorder<RangeRequest, RangeStreamResponse> slow = new StreamRecorder<>(true);
        KVGrpc.newStub(member.channel()).rangeStream(range("k", "l").build(), slow);
        slow.request(1);
        assertThat(slow.next().getRangeResponse().getKvsCount()).isEqualTo(10);
        for (int i = 0; i < 60; i++) {
            member.store.put(String.format("m%02d", i), new byte[1]);
        }
        slow.request(100);
        int keys = 10;
        RangeResponse chunk;
        do {
            chunk = slow.next().getRangeResponse();
            keys += chunk.getKvsCount();
        } while (!chunk.hasHeader());
        assertThat(keys).isEqualTo(60);
        assertThat(chunk.getHeader().getRevision()).isEqualTo(61);
        assertThat(slow.end().isOk()).isTrue();
    }

    @Test
    void errorsOfStreams() throws Exception {
        assertThat(streamEnd(RangeRequest.getDefaultInstance()).getDescription())
                .isEqualTo(EtcdError.EMPTY_KEY.text());
        Status sorted = streamEnd(range("a", "b").setSortOrderValue(2).build());
        assertThat(sorted.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(sorted.getDescription()).isEqualTo("RangeStream does not support custom sort orders");
        assertThat(streamEnd(range("a", "b").setRevision(9).build()).getDescription())
                .isEqualTo(EtcdError.FUTURE_REVISION.text());
        member.readError = EtcdError.TIMEOUT;
        assertThat(streamEnd(range("a", "b").build()).getDescription()).isEqualTo(EtcdError.TIMEOUT.text());
    }

    @Test
    void messagesAboveTheLimit() {
        member.applier = request ->
                PutResponse.newBuilder().setHeader(FakeMember.bare(9)).build();
        KVGrpc.KVBlockingStub zipped = kv.withCompression("gzip");
        ByteString fits = ByteString.copyFrom(new byte[MAX_MESSAGE - 7]);
        ByteString one = ByteString.copyFrom(new byte[MAX_MESSAGE - 6]);
        ByteString five = ByteString.copyFrom(new byte[5 * MAX_MESSAGE]);
        kv.put(put("a", "").setValue(fits).build());
        zipped.put(put("a", "").setValue(fits).build());
        assertStatus(
                Status.Code.RESOURCE_EXHAUSTED,
                "grpc: received message larger than max (2097153 vs. 2097152)",
                () -> kv.put(put("a", "").setValue(one).build()));
        assertStatus(
                Status.Code.RESOURCE_EXHAUSTED,
                "grpc: received message larger than max (10485768 vs. 2097152)",
                () -> kv.put(put("a", "").setValue(five).build()));
        assertStatus(
                Status.Code.RESOURCE_EXHAUSTED,
                "grpc: received message after decompression larger than max 2097152",
                () -> zipped.put(put("a", "").setValue(five).build()));
        kv.put(put("a", "b").build());
    }

    @Test
    void faultsAreNotTold() {
        member.applier = request -> PutResponse.getDefaultInstance();
        assertError(
                EtcdError.INTERNAL,
                () -> kv.txn(TxnRequest.newBuilder().addSuccess(putOp("a")).build()));
        assertError(EtcdError.INTERNAL, () -> kv.compact(CompactionRequest.getDefaultInstance()));
    }

    private List<RangeResponse> stream(RangeRequest request) throws Exception {
        StreamRecorder<RangeRequest, RangeStreamResponse> recorder = new StreamRecorder<>();
        KVGrpc.newStub(member.channel()).rangeStream(request, recorder);
        assertThat(recorder.end()).isEqualTo(Status.OK);
        List<RangeResponse> chunks = new ArrayList<>();
        while (recorder.waiting() > 0) {
            chunks.add(recorder.next().getRangeResponse());
        }
        return chunks;
    }

    private Status streamEnd(RangeRequest request) throws Exception {
        StreamRecorder<RangeRequest, RangeStreamResponse> recorder = new StreamRecorder<>();
        KVGrpc.newStub(member.channel()).rangeStream(request, recorder);
        return recorder.end();
    }

    private static void assertError(EtcdError error, Supplier<Message> call) {
        assertStatus(StatusTable.of(error).getCode(), error.text(), call::get);
    }

    private static void assertStatus(Status.Code code, String text, ThrowingCallable call) {
        assertThat(catchThrowable(call)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(text);
            assertThat(e.getStatus().getCode()).isEqualTo(code);
        });
    }
}

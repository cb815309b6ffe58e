package io.etcetera.server.testing.fault;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.KVGrpc.KVBlockingStub;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.testing.history.HistoryRecorder;
import io.etcetera.server.testing.history.Operation;
import io.etcetera.server.testing.history.Response;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.Optional;
import java.util.Set;

/** Makes the operations of histories real, and writes down what came of them. Thread-safe. */
final class KvCalls {
    /** Errors of a server that has refused before anybody else heard of the request. */
    private static final Set<String> REFUSALS =
            Set.of("etcdserver: too many requests", "etcdserver: mvcc: database space exceeded");

    private final HistoryRecorder recorder;

    KvCalls(HistoryRecorder recorder) {
        this.recorder = recorder;
    }

    /** Makes a call; the answer is empty if there was none, or an error. */
    Optional<Response> call(int client, Operation operation, KVBlockingStub kv) {
        HistoryRecorder.Pending pending = recorder.invoke(client, operation);
        try {
            Response response = send(operation, kv);
            pending.ok(response);
            return Optional.of(response);
        } catch (StatusRuntimeException e) {
            if (operation instanceof Operation.Get || isRefusal(e)) {
                pending.failed();
            } else {
                pending.unknown();
            }
            return Optional.empty();
        }
    }

    private static boolean isRefusal(StatusRuntimeException e) {
        String description = e.getStatus().getDescription();
        if (description != null && REFUSALS.contains(description)) {
            return true;
        }
        Throwable cause = e.getCause();
        while (cause != null) {
            if (cause instanceof ConnectException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static Response send(Operation operation, KVBlockingStub kv) {
        ByteString key = ByteString.copyFromUtf8(operation.key());
        if (operation instanceof Operation.Put put) {
            return Response.changed(kv.put(put(key, put.value())).getHeader().getRevision());
        } else if (operation instanceof Operation.Delete) {
            DeleteRangeResponse response =
                    kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(key).build());
            long revision = response.getHeader().getRevision();
            return response.getDeleted() > 0 ? Response.changed(revision) : Response.absent(revision);
        } else if (operation instanceof Operation.Get) {
            RangeResponse response = kv.range(get(key));
            return found(response.getHeader().getRevision(), response);
        } else {
            return compareAndSwap((Operation.CompareAndSwap) operation, key, kv);
        }
    }

    private static Response compareAndSwap(Operation.CompareAndSwap swap, ByteString key, KVBlockingStub kv) {
        TxnResponse response = kv.txn(TxnRequest.newBuilder()
                .addCompare(compare(swap, key))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put(key, swap.value())))
                .addFailure(RequestOp.newBuilder().setRequestRange(get(key)))
                .build());
        long revision = response.getHeader().getRevision();
        return response.getSucceeded()
                ? Response.changed(revision)
                : found(revision, response.getResponses(0).getResponseRange());
    }

    /** Etcd says that a key is absent by its modification revision 0. */
    private static Compare compare(Operation.CompareAndSwap swap, ByteString key) {
        Compare.Builder compare = Compare.newBuilder().setKey(key).setResult(Compare.CompareResult.EQUAL);
        swap.condition()
                .value()
                .ifPresentOrElse(
                        value ->
                                compare.setTarget(Compare.CompareTarget.VALUE).setValue(ByteString.copyFromUtf8(value)),
                        () -> compare.setTarget(Compare.CompareTarget.MOD)
                                .setModRevision(swap.condition().modRevision()));
        return compare.build();
    }

    private static PutRequest put(ByteString key, String value) {
        return PutRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    private static RangeRequest get(ByteString key) {
        return RangeRequest.newBuilder().setKey(key).build();
    }

    private static Response found(long revision, RangeResponse response) {
        return response.getKvsList().stream()
                .map(kv -> Response.found(revision, kv.getValue().toStringUtf8(), kv.getModRevision()))
                .findFirst()
                .orElseGet(() -> Response.absent(revision));
    }
}

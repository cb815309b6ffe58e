package io.etcetera.server.transport.discovery;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc.WatchStub;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Waits for the first change in a range of another cluster's keys. On the connection's event loop. */
final class ChangeWatch implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final CompletableFuture<Boolean> changed = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> requests;

    private ChangeWatch() {}

    /** Completes with the first change from a revision on; the watch ends then, or when the future is cancelled. */
    static Future<Boolean> start(WatchStub stub, ByteString from, ByteString end, long revision) {
        ChangeWatch watch = new ChangeWatch();
        stub.watch(watch)
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setKey(from)
                                .setRangeEnd(end)
                                .setStartRevision(revision))
                        .build());
        var unused = watch.changed.whenComplete((change, failure) -> watch.end());
        return watch.changed;
    }

    private void end() {
        if (requests != null) {
            requests.cancel("nothing more is waited for", null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
        requests = stream;
    }

    @Override
    public void onNext(WatchResponse response) {
        if (response.getCanceled()) {
            changed.completeExceptionally(Status.CANCELLED
                    .withDescription("the watch was cancelled: " + response.getCancelReason())
                    .asRuntimeException());
        } else if (response.getEventsCount() > 0) {
            changed.complete(true);
        }
    }

    @Override
    public void onError(Throwable failure) {
        changed.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        changed.completeExceptionally(
                Status.UNAVAILABLE.withDescription("the watch has ended").asRuntimeException());
    }
}

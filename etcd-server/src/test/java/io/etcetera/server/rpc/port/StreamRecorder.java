package io.etcetera.server.rpc.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's end of a stream: collects what comes, and waits for it far longer than it takes. */
public final class StreamRecorder<Q, R> implements ClientResponseObserver<Q, R> {
    private static final long WAIT_SECONDS = 60;

    private final BlockingQueue<R> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final boolean manual;
    private @Nullable ClientCallStreamObserver<Q> call;

    public StreamRecorder() {
        this(false);
    }

    /** @param manual messages are asked for by {@link #request} only */
    public StreamRecorder(boolean manual) {
        this.manual = manual;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requests) {
        call = requests;
        if (manual) {
            requests.disableAutoRequestWithInitial(0);
        }
    }

    public void request(int count) {
        if (call != null) {
            call.request(count);
        }
    }

    public void cancel() {
        if (call != null) {
            call.cancel("test", null);
        }
    }

    @Override
    public void onNext(R message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {
        end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    public R next() throws InterruptedException {
        R message = messages.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message before the end %s", end).isNotNull();
        if (message == null) {
            throw new AssertionError("unreachable");
        }
        return message;
    }

    public int waiting() {
        return messages.size();
    }

    public boolean ended() {
        return end.isDone();
    }

    public Status end() throws Exception {
        return end.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
}

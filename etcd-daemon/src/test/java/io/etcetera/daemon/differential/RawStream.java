package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** One watch stream as its client sees it: any bytes go in, and all that comes out is kept in order. Any thread. */
final class RawStream extends ClientCall.Listener<ByteString> {
    private final ClientCall<ByteString, ByteString> call;
    private final Arrivals arrivals;
    private final ArrayDeque<WatchResponse> received = new ArrayDeque<>();
    private Optional<Status> end = Optional.empty();

    private RawStream(ClientCall<ByteString, ByteString> call, Arrivals arrivals) {
        this.call = call;
        this.arrivals = arrivals;
    }

    /** @param arrivals told of each message and of the end */
    static RawStream open(RawCaller caller, Arrivals arrivals) {
        RawStream stream = openStalled(caller, arrivals);
        stream.request(Integer.MAX_VALUE);
        return stream;
    }

    /** A stream whose client reads no more than it is told to by {@link #request}. */
    static RawStream openStalled(RawCaller caller, Arrivals arrivals) {
        ClientCall<ByteString, ByteString> call =
                caller.newCall(WatchGrpc.getWatchMethod().getFullMethodName(), CallOptions.DEFAULT);
        RawStream stream = new RawStream(call, arrivals);
        call.start(stream, new Metadata());
        return stream;
    }

    /** Reads so many messages more. */
    void request(int count) {
        call.request(count);
    }

    void send(ByteString request) {
        call.sendMessage(request);
    }

    void halfClose() {
        call.halfClose();
    }

    void cancel() {
        call.cancel("the test is done with it", null);
    }

    @Override
    public void onMessage(ByteString message) {
        try {
            WatchResponse response = WatchResponse.parseFrom(message);
            synchronized (this) {
                received.add(response);
            }
        } catch (InvalidProtocolBufferException e) {
            call.cancel("not a watch response", e);
        }
        arrivals.add();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        synchronized (this) {
            end = Optional.of(status);
        }
        arrivals.add();
    }

    /** What came, oldest first, since the last call. */
    synchronized List<WatchResponse> takeReceived() {
        List<WatchResponse> taken = List.copyOf(received);
        received.clear();
        return taken;
    }

    /** Takes the oldest message that came, or waits for one until the deadline, or the end. */
    Optional<WatchResponse> next(long deadlineNanos) throws InterruptedException {
        while (true) {
            long seen = arrivals.count();
            boolean ended = end().isPresent();
            synchronized (this) {
                if (!received.isEmpty()) {
                    return Optional.of(received.remove());
                }
            }
            if (ended || !arrivals.awaitMoreThan(seen, deadlineNanos)) {
                return Optional.empty();
            }
        }
    }

    /** How the stream ended, if it has. */
    synchronized Optional<Status> end() {
        return end;
    }
}

package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/** Puts keys as fast as a server takes them, many at a time. */
final class PutStorm {
    private static final int AT_ONCE = 256;

    private final Semaphore window = new Semaphore(AT_ONCE);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private PutStorm() {}

    /**
     * Puts {@code count} keys; they may be applied in another order.
     *
     * @return the time it took, in seconds
     * @throws AssertionError if one fails
     */
    static double run(Channel channel, int count, IntFunction<ByteString> keys, ByteString value)
            throws InterruptedException {
        return new PutStorm().put(channel, count, keys, value);
    }

    private double put(Channel channel, int count, IntFunction<ByteString> keys, ByteString value)
            throws InterruptedException {
        KVGrpc.KVStub stub = KVGrpc.newStub(channel);
        long start = System.nanoTime();
        for (int i = 0; i < count && failure.get() == null; i++) {
            window.acquire();
            stub.put(
                    PutRequest.newBuilder()
                            .setKey(keys.apply(i))
                            .setValue(value)
                            .build(),
                    new Answered());
        }
        window.acquire(AT_ONCE);
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError("a put failed", failed);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private final class Answered implements StreamObserver<PutResponse> {
        @Override
        public void onNext(PutResponse response) {}

        @Override
        public void onError(Throwable cause) {
            failure.compareAndSet(null, cause);
            window.release();
        }

        @Override
        public void onCompleted() {
            window.release();
        }
    }
}

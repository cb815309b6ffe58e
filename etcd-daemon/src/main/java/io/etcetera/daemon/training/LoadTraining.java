package io.etcetera.daemon.training;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts and ranges as many clients make them: a few, for the classes that they need, or as many as a JVM learns from that keeps what it
 * has learnt of methods beside the classes (Java 25 and later). A member that is started with that compiles its hot paths sooner.
 */
final class LoadTraining {
    /** Enough for all of it to have been compiled by the optimizing compiler. */
    private static final int CALLS_TO_LEARN_FROM = 60_000;

    private static final int CALLS_FOR_CLASSES = 100;

    private static final int CALLS_AT_ONCE = 100;
    private static final int KEYS = 10_000;
    private static final int VALUE_BYTES = 256;
    private static final long PATIENCE_SECONDS = 120;

    private LoadTraining() {}

    /** Calls of each kind that are of use to this Java. */
    static int calls() {
        return Runtime.version().feature() >= 25 ? CALLS_TO_LEARN_FROM : CALLS_FOR_CLASSES;
    }

    /** Returns when so many calls of each kind have been answered. */
    static void run(URI member, int calls) throws IOException, InterruptedException {
        ManagedChannel channel = ManagedChannelBuilder.forAddress(member.getHost(), member.getPort())
                .usePlaintext()
                .build();
        try {
            KVGrpc.KVStub kv = KVGrpc.newStub(channel);
            ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
            LoadTraining.<PutResponse>call(
                    calls,
                    (answer, i) -> kv.put(
                            PutRequest.newBuilder()
                                    .setKey(key(i))
                                    .setValue(value)
                                    .build(),
                            answer));
            LoadTraining.<RangeResponse>call(
                    calls,
                    (answer, i) ->
                            kv.range(RangeRequest.newBuilder().setKey(key(i)).build(), answer));
        } finally {
            channel.shutdownNow();
        }
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("training/" + number % KEYS);
    }

    private static <T> void call(int calls, ObjIntConsumer<StreamObserver<T>> method)
            throws IOException, InterruptedException {
        Semaphore free = new Semaphore(CALLS_AT_ONCE);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < calls; i++) {
            acquire(free, 1);
            method.accept(new Answer<>(free, failure), i);
        }
        acquire(free, CALLS_AT_ONCE);
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IOException("a call failed: " + failed, failed);
        }
    }

    private static void acquire(Semaphore free, int permits) throws IOException, InterruptedException {
        if (!free.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("calls are not answered");
        }
    }

    private record Answer<T>(Semaphore free, AtomicReference<@Nullable Throwable> failure)
            implements StreamObserver<T> {
        @Override
        public void onNext(T response) {
            // What it says does not matter here.
        }

        @Override
        public void onError(Throwable cause) {
            failure.set(cause);
            free.release();
        }

        @Override
        public void onCompleted() {
            free.release();
        }
    }
}

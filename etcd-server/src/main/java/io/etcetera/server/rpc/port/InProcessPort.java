package io.etcetera.server.rpc.port;

import io.etcetera.server.net.EventLoops;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.inprocess.AnonymousInProcessSocketAddress;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The services for callers in the same process, without a socket. A call is served on one event loop, as a remote one
 * is; who calls from that loop is answered without a change of threads.
 */
final class InProcessPort implements AutoCloseable {
    private static final long THREAD_IDLE_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 100;

    private final Server server;
    private final ManagedChannel ownCalls;
    private final ManagedChannel callers;
    private final ThreadPoolExecutor callbacks;

    private InProcessPort(
            Server server, ManagedChannel ownCalls, ManagedChannel callers, ThreadPoolExecutor callbacks) {
        this.server = server;
        this.ownCalls = ownCalls;
        this.callers = callers;
        this.callbacks = callbacks;
    }

    /** @param name of the threads on which callers are called back */
    static InProcessPort open(String name, RpcServices services) throws IOException {
        EventLoops loops = services.loops();
        AnonymousInProcessSocketAddress address = new AnonymousInProcessSocketAddress();
        InProcessServerBuilder builder = InProcessServerBuilder.forAddress(address)
                .executor(task -> EventLoops.runOn(loops.home(), task))
                .callExecutor(onOneLoop(loops))
                .scheduledExecutorService(loops.group())
                .addServices(services.definitions())
                .fallbackHandlerRegistry(services.unknownMethods());
        services.tracers().forEach(builder::addStreamTracerFactory);
        Server server = builder.build().start();
        // Whoever is called back may block: nobody is to wait for anybody else there.
        ThreadPoolExecutor callbacks = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                THREAD_IDLE_MILLIS,
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, name));
        return new InProcessPort(
                server, connect(address, loops, Runnable::run), connect(address, loops, callbacks), callbacks);
    }

    private static ServerCallExecutorSupplier onOneLoop(EventLoops loops) {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
                EventExecutor loop = loops.home();
                return task -> EventLoops.runOn(loop, task);
            }
        };
    }

    private static ManagedChannel connect(
            AnonymousInProcessSocketAddress address, EventLoops loops, Executor callbacks) {
        return InProcessChannelBuilder.forAddress(address)
                .executor(callbacks)
                .scheduledExecutorService(loops.group())
                .build();
    }

    /** For the member's own use: calls back on the event loops, which must not be held up. */
    Channel ownCalls() {
        return ownCalls;
    }

    /** For everybody else: calls back on threads of its own. */
    Channel callers() {
        return callers;
    }

    /** Takes no more calls, and lets those under way go on. */
    void shutdown() {
        server.shutdown();
    }

    @Override
    public void close() {
        server.shutdownNow();
        ownCalls.shutdownNow();
        callers.shutdownNow();
        try {
            if (!server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                    || !ownCalls.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                    || !callers.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                callbacks.shutdownNow();
            }
            callbacks.shutdown();
            if (!callbacks.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                callbacks.shutdownNow();
            }
        } catch (InterruptedException e) {
            callbacks.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

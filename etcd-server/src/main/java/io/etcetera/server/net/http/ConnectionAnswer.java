package io.etcetera.server.net.http;

import io.etcetera.server.net.EventLoops;
import io.netty.channel.Channel;
import java.util.concurrent.Executor;

/** An answer that goes out over a connection, in whatever form. On the connection's event loop. */
abstract class ConnectionAnswer implements HttpResponder, HttpStream {
    private final Channel channel;
    private boolean ended;
    private Runnable abandoned = () -> {};
    private Runnable writable = () -> {};

    ConnectionAnswer(Channel channel) {
        this.channel = channel;
    }

    final Channel channel() {
        return channel;
    }

    /** Whether nothing more is to be sent. */
    final boolean hasEnded() {
        return ended;
    }

    /** From now on nothing more is to be sent. */
    final void markEnded() {
        ended = true;
    }

    /** The same; true the first time. */
    final boolean tryEnd() {
        boolean first = !ended;
        markEnded();
        return first;
    }

    @Override
    public final boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public final void onWritable(Runnable task) {
        writable = task;
    }

    @Override
    public final void onAbandoned(Runnable task) {
        abandoned = task;
    }

    @Override
    public final Executor loop() {
        return task -> EventLoops.runOn(channel.eventLoop(), task);
    }

    final void writabilityChanged() {
        if (!ended && isWritable()) {
            writable.run();
        }
    }

    /** The client has gone, or is being sent away. */
    final void abandon() {
        if (tryEnd()) {
            abandoned.run();
        }
    }
}

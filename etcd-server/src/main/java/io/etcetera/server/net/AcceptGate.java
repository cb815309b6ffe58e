package io.etcetera.server.net;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps clients waiting until the member is ready: their connections stay in the system's queue, as with etcd. A port that
 * refused them would look like a member that is down, and one that answered like a member that is ready. Thread-safe.
 */
public final class AcceptGate {
    private final List<ServerChannel> listeners = new CopyOnWriteArrayList<>();

    /** Listeners that accept nothing until {@link #open}, which must not come before the last of them is made. */
    public ChannelFactory<ServerChannel> closed(ChannelFactory<? extends ServerChannel> factory) {
        return () -> {
            ServerChannel listener = factory.newChannel();
            listener.config().setAutoRead(false);
            listeners.add(listener);
            return listener;
        };
    }

    /** Lets everybody in. */
    public void open() {
        listeners.forEach(listener -> listener.config().setAutoRead(true));
    }
}

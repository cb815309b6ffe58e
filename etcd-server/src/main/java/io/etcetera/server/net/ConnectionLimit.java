package io.etcetera.server.net;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps clients from taking all file descriptors of the process: without one to open the next segment of the log with, a member
 * would have to stop. Who connects beyond the limit waits in the system's queue until somebody leaves, as with etcd. Thread-safe.
 */
public final class ConnectionLimit {
    /** For the store, the log, peers, monitoring, TLS material and the JVM; as many as etcd keeps. */
    private static final int RESERVED = 150;

    private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

    private final int most;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<ServerChannel> listeners = new CopyOnWriteArrayList<>();

    ConnectionLimit(int most) {
        this.most = most;
    }

    /** As many as the process may have open files, but for some of them; no limit where that is not known. */
    public static ConnectionLimit ofProcess() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long files = unix.getMaxFileDescriptorCount();
            return new ConnectionLimit((int) Math.max(1, Math.min(Integer.MAX_VALUE, files - RESERVED)));
        }
        return new ConnectionLimit(Integer.MAX_VALUE);
    }

    /** Listeners whose connections count. */
    public ChannelFactory<ServerChannel> counting(ChannelFactory<? extends ServerChannel> factory) {
        return () -> {
            ServerChannel listener = factory.newChannel();
            listeners.add(listener);
            listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object accepted) {
                    opened((Channel) accepted);
                    context.fireChannelRead(accepted);
                }
            });
            return listener;
        };
    }

    private void opened(Channel connection) {
        connection.closeFuture().addListener(closed -> closed());
        if (connections.incrementAndGet() >= most) {
            log.atWarn().addKeyValue("limit", most).log("as many clients are connected as may be; others have to wait");
            accept(false);
            if (connections.get() < most) {
                accept(true); // somebody has left meanwhile, and may not have seen that it mattered
            }
        }
    }

    private void closed() {
        if (connections.getAndDecrement() == most) {
            accept(true);
        }
    }

    private void accept(boolean more) {
        listeners.forEach(listener -> listener.config().setAutoRead(more));
    }
}

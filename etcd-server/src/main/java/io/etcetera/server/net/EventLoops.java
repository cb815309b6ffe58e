package io.etcetera.server.net;

import io.etcetera.server.DeepStack;
import io.etcetera.server.NetworkConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that connections live on: native epoll where it loads, NIO elsewhere. Accepting shares them. One is enough
 * for a machine of up to seven processors: with everything else that a member does there, a second one costs more in
 * handovers than it brings. They begin with the first connection or listener.
 */
public final class EventLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);
    private static final int PROCESSORS_PER_LOOP = 4;
    private static final long CLOSE_MILLIS = 200;

    private final Threads threads;
    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> listenerType;
    private final Class<? extends Channel> connectionType;

    private EventLoops(
            Threads threads,
            EventLoopGroup group,
            Class<? extends ServerChannel> listenerType,
            Class<? extends Channel> connectionType) {
        this.threads = threads;
        this.group = group;
        this.listenerType = listenerType;
        this.connectionType = connectionType;
    }

    /**
     * Opens {@code count} of them, whose threads are called {@code name} and a number. By classes that Netty 4.2 has newer
     * ones for, which are the same underneath: an application that embeds a member may come with Netty 4.1.
     */
    @SuppressWarnings("deprecation")
    public static EventLoops open(String name, int count) {
        Threads threads = new Threads(name);
        return Epoll.isAvailable()
                ? new EventLoops(
                        threads,
                        new EpollEventLoopGroup(count, threads),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel.class)
                : new EventLoops(
                        threads,
                        new NioEventLoopGroup(count, threads),
                        NioServerSocketChannel.class,
                        NioSocketChannel.class);
    }

    /** How many are worth their threads. */
    public static int defaultCount(int processors) {
        return Math.max(1, processors / PROCESSORS_PER_LOOP);
    }

    public EventLoopGroup group() {
        return group;
    }

    /** Makes channels that listen at an address on these loops; unix sockets exist on native epoll only, and have no options. */
    public ChannelFactory<ServerChannel> listeners(SocketAddress address, NetworkConfig network) {
        return address instanceof DomainSocketAddress
                ? EpollServerDomainSocketChannel::new
                : new Listeners(listenerType, network);
    }

    /** The type of channel that connects to hosts and ports. */
    public Class<? extends Channel> connectionType() {
        return connectionType;
    }

    /** The type of channel that connects to an address; unix sockets exist on native epoll only. */
    public Class<? extends Channel> connectionType(DialAddress address) {
        return address.socket().isPresent() ? EpollDomainSocketChannel.class : connectionType;
    }

    /** The loop that the calling thread is, or null on a thread of another kind. */
    private @Nullable EventExecutor current() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return null;
    }

    /** Where a call that is starting on this thread belongs. */
    public EventExecutor home() {
        EventExecutor current = current();
        return current != null ? current : group.next();
    }

    /** Runs a task now if this thread is the loop, and soon on the loop otherwise. */
    public static void runOn(EventExecutor loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            executeOn(loop, task);
        }
    }

    /** Hands a task to a loop; dropped if the loop has been closed, for then there is nobody left to answer to. */
    public static void executeOn(Executor loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("dropped a task for a closed event loop");
        }
    }

    /**
     * Runs a task on a loop of ours after the loop has looked at its connections again. A task that hands itself on with
     * {@link #executeOn} would keep it from doing so.
     */
    public static void executeInNextTurn(EventExecutor loop, Runnable task) {
        if (!(loop instanceof SingleThreadEventLoop turning)) {
            throw new IllegalArgumentException("not an event loop with turns: " + loop);
        }
        executeOn(turning::executeAfterEventLoopIteration, () -> executeOn(loop, task));
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2 * CLOSE_MILLIS);
        threads.join();
    }

    /** Remembers its threads: a group says that it has terminated a little before they have. */
    private static final class Threads extends DefaultThreadFactory {
        private final List<Thread> all = new CopyOnWriteArrayList<>();
        private final String prefix;

        Threads(String name) {
            super(name, false);
            this.prefix = name + "-";
        }

        @Override
        protected Thread newThread(Runnable task, String name) {
            // Requests are parsed, checked and encoded here, however deeply they are nested.
            Thread thread = new FastThreadLocalThread(threadGroup, task, prefix + (all.size() + 1), DeepStack.BYTES);
            all.add(thread);
            return thread;
        }

        void join() {
            try {
                for (Thread thread : all) {
                    thread.join(CLOSE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.etcetera.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.NetworkConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ListenersTest {
    private static final NetworkConfig SHARED = NetworkConfig.DEFAULT.withSocketReuse(true, true);

    @Test
    void portsAreSharedIfThatIsWanted() {
        if (Epoll.isAvailable()) {
            bothListen(EpollServerSocketChannel.class, EpollIoHandler.newFactory());
        }
        bothListen(NioServerSocketChannel.class, NioIoHandler.newFactory());
    }

    private static void bothListen(Class<? extends ServerChannel> type, IoHandlerFactory handlers) {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, handlers);
        try {
            SocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            ChannelFuture first = listen(loops, new Listeners(type, SHARED), anyPort);
            assertThat(first.isSuccess()).isTrue();
            SocketAddress taken = first.channel().localAddress();

            assertThat(listen(loops, new Listeners(type, NetworkConfig.DEFAULT), taken)
                            .isSuccess())
                    .isFalse();
            assertThat(listen(loops, new Listeners(type, SHARED), taken).isSuccess())
                    .isTrue();
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static ChannelFuture listen(MultiThreadIoEventLoopGroup loops, Listeners listeners, SocketAddress address) {
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(listeners)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(address)
                .awaitUninterruptibly();
    }
}

package io.etcetera.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.NetworkConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two ports that share a limit; whoever is let in is greeted with one byte. */
@Timeout(120)
class ConnectionLimitTest {
    private static final int SHORT_WAIT_MILLIS = 200;
    private static final int LONG_WAIT_MILLIS = 60_000;

    private final EventLoops loops = EventLoops.open("limited", 1);
    private final ConnectionLimit limit = new ConnectionLimit(2);
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        loops.close();
    }

    private int listen() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Channel listener = new ServerBootstrap()
                .group(loops.group())
                .channelFactory(limit.counting(loops.listeners(address, NetworkConfig.DEFAULT)))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelActive(ChannelHandlerContext context) {
                                var unused = context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
                            }
                        });
                    }
                })
                .bind(address)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        return socket;
    }

    private static int greeting(Socket socket, int waitMillis) throws IOException {
        socket.setSoTimeout(waitMillis);
        return socket.getInputStream().read();
    }

    @Test
    void whoComesTooLateWaitsUntilSomebodyLeaves() throws IOException {
        int one = listen();
        int other = listen();
        Socket next = connect(one);
        assertThat(greeting(next, LONG_WAIT_MILLIS)).isEqualTo(7);
        assertThat(greeting(connect(other), LONG_WAIT_MILLIS)).isEqualTo(7);

        for (int port : new int[] {one, other}) {
            Socket late = connect(port);
            assertThatThrownBy(() -> greeting(late, SHORT_WAIT_MILLIS)).isInstanceOf(SocketTimeoutException.class);
            next.close();
            assertThat(greeting(late, LONG_WAIT_MILLIS)).isEqualTo(7);
            next = late;
        }
    }
}

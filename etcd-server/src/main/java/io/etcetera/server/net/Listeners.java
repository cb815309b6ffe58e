package io.etcetera.server.net;

import io.etcetera.server.NetworkConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.net.StandardSocketOptions;

/** Makes channels that listen on TCP ports, with the options of the configuration. Any thread. */
final class Listeners implements ChannelFactory<ServerChannel> {
    private final ChannelFactory<? extends ServerChannel> channels;
    private final ChannelOption<Boolean> reusePort;
    private final NetworkConfig network;

    Listeners(Class<? extends ServerChannel> type, NetworkConfig network) {
        this.channels = new ReflectiveChannelFactory<>(type);
        this.reusePort = NioServerSocketChannel.class.isAssignableFrom(type)
                ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT)
                : UnixChannelOption.SO_REUSEPORT;
        this.network = network;
    }

    @Override
    public ServerChannel newChannel() {
        ServerChannel listener = channels.newChannel();
        if (network.reuseAddress()) {
            listener.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
        if (network.reusePort() && !listener.config().setOption(reusePort, true)) {
            listener.unsafe().closeForcibly();
            throw new UnsupportedOperationException("port reuse is not supported on " + System.getProperty("os.name"));
        }
        return listener;
    }
}

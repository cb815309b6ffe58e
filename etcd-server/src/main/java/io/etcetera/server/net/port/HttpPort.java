package io.etcetera.server.net.port;

import io.etcetera.server.net.EventLoops;
import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.net.http.HttpConnection;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** A port that speaks nothing but HTTP/1.1: with TLS, without, or as each client likes. */
public final class HttpPort implements AutoCloseable {
    private static final List<String> PROTOCOLS = List.of("http/1.1");
    private static final long CLOSE_MILLIS = 100;

    private final Channel listener;
    private final ChannelGroup connections;

    private HttpPort(Channel listener, ChannelGroup connections) {
        this.listener = listener;
        this.connections = connections;
    }

    /**
     * Listens.
     *
     * @param tls what connections begin with, if there is any
     * @param plainToo serve clients that do not speak TLS all the same
     * @param channels makes the listening channel
     * @throws IOException in etcd's words, if the address cannot be listened on
     */
    public static HttpPort open(
            ListenAddress address,
            Optional<ServerTls> tls,
            boolean plainToo,
            HttpServing http,
            EventLoops loops,
            ChannelFactory<? extends ServerChannel> channels)
            throws IOException {
        ChannelGroup connections = new DefaultChannelGroup(loops.group().next());
        var binding = new ServerBootstrap()
                .group(loops.group())
                .channelFactory(channels)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) throws Exception {
                        connections.add(channel);
                        ChannelPipeline pipeline = channel.pipeline();
                        if (tls.isPresent()) {
                            pipeline.addLast(
                                    plainToo
                                            ? new TlsOrPlain(tls.get(), PROTOCOLS)
                                            : tls.get().newHandler(channel, PROTOCOLS));
                        }
                        HttpConnection.append(pipeline, http);
                    }
                })
                .bind(address.address())
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw address.notBound(new IOException(binding.cause()));
        }
        return new HttpPort(binding.channel(), connections);
    }

    /** A URL of the port's address, with the port that was bound. */
    public URI bound(ListenAddress address) {
        return address.bound(listener.localAddress());
    }

    /** Stops listening, and ends all connections. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly(CLOSE_MILLIS);
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
    }
}

package io.etcetera.daemon.gateway;

import io.etcetera.server.NetworkConfig;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.net.ListenAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes connections on to endpoints, whatever they carry. An endpoint that cannot be connected to is left alone until it answers
 * when it is tried again, which is done now and then.
 */
final class TcpProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);
    private static final Duration DEFAULT_RETRY = Duration.ofMinutes(5);

    private final EventLoops loops;
    private final EndpointChoice choice;
    private final Duration retry;
    private final Channel listener;

    private TcpProxy(EventLoops loops, String listenAddress, EndpointChoice choice, Duration retry)
            throws IOException, InterruptedException {
        this.loops = loops;
        this.choice = choice;
        this.retry = retry.isZero() ? DEFAULT_RETRY : retry;
        ListenAddress address = ListenAddress.of(URI.create("http://" + listenAddress), false);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channelFactory(loops.listeners(address.address(), NetworkConfig.DEFAULT))
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        connect(client);
                    }
                })
                .bind(address.address())
                .await();
        if (!bound.isSuccess()) {
            throw address.notBound(new IOException(bound.cause()));
        }
        this.listener = bound.channel();
    }

    /**
     * Listens, and begins to pass on.
     *
     * @param retry how often endpoints that did not answer are tried again; 0 means every five minutes
     * @throws IOException in Go's words if it cannot listen there
     */
    static TcpProxy open(String listenAddress, List<Endpoint> endpoints, Duration retry)
            throws IOException, InterruptedException {
        EventLoops loops = EventLoops.open("etcd-gateway", Runtime.getRuntime().availableProcessors());
        try {
            TcpProxy proxy =
                    new TcpProxy(loops, listenAddress, new EndpointChoice(endpoints, new SplittableRandom()), retry);
            proxy.watch();
            return proxy;
        } catch (IOException | InterruptedException | RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    private void watch() {
        long nanos = retry.toNanos();
        var unused = loops.group().scheduleWithFixedDelay(this::tryAgain, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Where it listens, with the port that was bound. */
    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .channel(loops.connectionType())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInboundHandlerAdapter());
    }

    /** Connects a client to the next endpoint that answers; closes it if none does. */
    private void connect(Channel client) {
        Optional<Endpoint> chosen = choice.next();
        if (chosen.isEmpty()) {
            var unused = client.close();
            return;
        }
        Endpoint endpoint = chosen.get();
        bootstrap()
                .group(client.eventLoop())
                .connect(endpoint.host(), endpoint.port())
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        Relay.between(client, connected.channel());
                    } else {
                        choice.deactivate(endpoint);
                        LOG.atWarn()
                                .addKeyValue("address", endpoint.address())
                                .addKeyValue("interval", retry)
                                .addKeyValue("error", describe(endpoint, connected.cause()))
                                .log("deactivated endpoint");
                        connect(client);
                    }
                });
    }

    private void tryAgain() {
        for (Endpoint endpoint : choice.inactive()) {
            bootstrap()
                    .group(loops.group())
                    .connect(endpoint.host(), endpoint.port())
                    .addListener((ChannelFuture connected) -> {
                        var unused = connected.channel().close();
                        if (connected.isSuccess()) {
                            choice.activate(endpoint);
                            LOG.atInfo()
                                    .addKeyValue("address", endpoint.address())
                                    .log("activated");
                        } else {
                            LOG.atWarn()
                                    .addKeyValue("address", endpoint.address())
                                    .addKeyValue("interval", retry)
                                    .addKeyValue("error", describe(endpoint, connected.cause()))
                                    .log("failed to activate endpoint (stay inactive for another interval)");
                        }
                    });
        }
    }

    private static String describe(Endpoint endpoint, Throwable failure) {
        boolean refused = failure instanceof ConnectException
                && String.valueOf(failure.getMessage()).contains("refused");
        String reason = refused ? "connection refused" : String.valueOf(failure.getMessage());
        return "dial tcp " + endpoint.address() + ": connect: " + reason;
    }

    @Override
    public void close() {
        var unused = listener.close();
        loops.close();
    }
}

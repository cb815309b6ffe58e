package io.etcetera.server.rpc.port;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.net.AcceptGate;
import io.etcetera.server.net.DeadConnections;
import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.net.port.ListenPort;
import io.etcetera.server.net.port.SharedPort;
import io.etcetera.server.net.port.TlsNegotiator;
import io.etcetera.server.text.GoDuration;
import io.etcetera.server.tls.ServerTls;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a member's clients come in: one gRPC server for each address, on shared event loops, with the same services. What
 * is not gRPC goes to HTTP.
 */
public final class RpcServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

    /**
     * How much larger than allowed a message may be and still be refused in etcd's words: the transport cuts off beyond
     * that, with the same code but words of its own. Bounds what a client can make us hold for one stream.
     */
    private static final int TRANSPORT_SLACK = 8;

    /**
     * A sixteenth of Go's default, and far more than anybody sends. Netty copies what it has of a header block with every
     * frame that continues it, so time on the event loop grows with the square of this.
     */
    private static final int MAX_METADATA_BYTES = 1 << 20;

    /** The least that gRPC for Java takes; etcd's takes 1 s. */
    private static final Duration SHORTEST_PING_INTERVAL = Duration.ofSeconds(10);

    /** HTTP/1.1 for who can speak both: HTTP/2 is served as far as it carries gRPC, and who speaks that offers nothing else. */
    private static final List<String> PROTOCOLS = List.of("http/1.1", "h2");

    private static final long GRACE_MILLIS = 150;
    private static final long FORCED_MILLIS = 100;

    private final RpcServices services;
    private final EtcdConfig config;
    private final HttpServing http;
    private final AcceptGate gate = new AcceptGate();
    private final List<Server> servers = new ArrayList<>();
    private final List<URI> clientUrls = new ArrayList<>();
    private boolean closed;

    private RpcServer(RpcServices services, EtcdConfig config, HttpServing http) {
        this.services = services;
        this.config = config;
        this.http = http;
    }

    /**
     * Listens on all URLs of the configuration. Clients can connect from then on, but get no answer until {@link #serve}.
     *
     * @param tls for the https URLs
     * @param http answers what is not gRPC, unless that has URLs of its own
     * @throws IOException naming the URL, if one of them cannot be listened on; nothing is left open then
     */
    public static RpcServer open(RpcServices services, EtcdConfig config, Optional<ServerTls> tls, HttpServing http)
            throws IOException {
        List<ListenPort> ports = ListenPort.of(config.listenClientUrls(), tls);
        RpcServer server = new RpcServer(services, config, http);
        warnOfPingInterval(config);
        try {
            Map<URI, URI> bound = new HashMap<>();
            for (ListenPort port : ports) {
                bound.putAll(server.listen(port));
            }
            config.listenClientUrls().forEach(url -> server.clientUrls.add(bound.getOrDefault(url, url)));
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Begins to answer clients, those that have connected already among them. Any thread; does nothing once closed. */
    public void serve() {
        gate.open();
    }

    /** Where clients are served, with the ports that were bound, in the order of the configuration. */
    public List<URI> clientUrls() {
        return List.copyOf(clientUrls);
    }

    /** Listens on a port; answers its URLs with the number that was bound. */
    private Map<URI, URI> listen(ListenPort port) throws IOException {
        port.address().clear();
        Server server = builder(port).build();
        try {
            server.start();
        } catch (IOException e) {
            throw port.address().notBound(e);
        }
        servers.add(server);
        SocketAddress bound = server.getListenSockets().get(0);
        Map<URI, URI> urls = new HashMap<>();
        for (ListenAddress address : port.urls()) {
            urls.put(address.url(), address.bound(bound));
            LOG.info("serving client traffic on {}", urls.get(address.url()));
        }
        return urls;
    }

    private NettyServerBuilder builder(ListenPort port) {
        SocketAddress address = port.address().address();
        int maxMessageBytes = RpcServices.maxMessageBytes(config);
        NettyServerBuilder builder = transport(port)
                .bossEventLoopGroup(services.loops().group())
                .workerEventLoopGroup(services.loops().group())
                .channelFactory(gate.closed(services.connectionLimit()
                        .counting(watched(services.loops().listeners(address, config.network())))))
                .directExecutor()
                .maxInboundMessageSize((int) Math.min(Integer.MAX_VALUE, (long) maxMessageBytes * TRANSPORT_SLACK))
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(maxConcurrentStreams(config))
                .decompressorRegistry(decompressors())
                .fallbackHandlerRegistry(services.unknownMethods())
                .addServices(services.definitions())
                .addTransportFilter(services.unreadAnswers().filter());
        services.tracers().forEach(builder::addStreamTracerFactory);
        keepAlive(builder, config);
        return builder;
    }

    private NettyServerBuilder transport(ListenPort port) {
        SocketAddress address = port.address().address();
        if (config.http().listenClientUrls().isEmpty()) {
            return SharedPort.forAddress(address, http, port.tls(), port.plainToo(), PROTOCOLS);
        }
        return NettyServerBuilder.forAddress(
                address,
                port.tls()
                        .map(tls -> InternalNettyServerCredentials.create(new TlsNegotiator(tls, port.plainToo())))
                        .orElseGet(InsecureServerCredentials::create));
    }

    /** As in etcd, gzip is understood; it is not advertised, which would only make every answer longer. */
    private static DecompressorRegistry decompressors() {
        return DecompressorRegistry.emptyInstance()
                .with(Codec.Identity.NONE, false)
                .with(new Codec.Gzip(), false);
    }

    /** 0 is no limit, as in etcd. */
    private static int maxConcurrentStreams(EtcdConfig config) {
        long configured = config.maxConcurrentStreams();
        return configured == 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, configured);
    }

    private void keepAlive(NettyServerBuilder builder, EtcdConfig config) {
        Duration minTime = config.grpcKeepAliveMinTime();
        if (minTime.compareTo(Duration.ZERO) > 0) {
            builder.permitKeepAliveTime(minTime.toNanos(), TimeUnit.NANOSECONDS).permitKeepAliveWithoutCalls(false);
        }
        if (pingsClients(config)) {
            builder.keepAliveTime(pingInterval(config).toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(config.grpcKeepAliveTimeout().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private ChannelFactory<ServerChannel> watched(ChannelFactory<ServerChannel> listeners) {
        return pingsClients(config)
                ? DeadConnections.closing(listeners, pingInterval(config).plus(config.grpcKeepAliveTimeout()))
                : listeners;
    }

    private static Duration pingInterval(EtcdConfig config) {
        Duration configured = config.grpcKeepAliveInterval();
        return configured.compareTo(SHORTEST_PING_INTERVAL) < 0 ? SHORTEST_PING_INTERVAL : configured;
    }

    private static boolean pingsClients(EtcdConfig config) {
        return config.grpcKeepAliveInterval().compareTo(Duration.ZERO) > 0
                && config.grpcKeepAliveTimeout().compareTo(Duration.ZERO) > 0;
    }

    private static void warnOfPingInterval(EtcdConfig config) {
        Duration interval = config.grpcKeepAliveInterval();
        if (pingsClients(config) && interval.compareTo(SHORTEST_PING_INTERVAL) < 0) {
            LOG.atWarn()
                    .addKeyValue("grpc-keepalive-interval", GoDuration.format(interval))
                    .addKeyValue("shortest-interval", GoDuration.format(SHORTEST_PING_INTERVAL))
                    .log("clients are pinged less often than configured");
        }
    }

    /**
     * Stops listening, ends streams with an error, gives calls under way a moment to be answered, and closes what is
     * left. Takes less than half a second. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        servers.forEach(Server::shutdown);
        services.stop();
        if (!awaitAll(GRACE_MILLIS)) {
            servers.forEach(Server::shutdownNow);
            awaitAll(FORCED_MILLIS);
        }
    }

    private boolean awaitAll(long millis) {
        try {
            for (Server server : servers) {
                if (!server.awaitTermination(millis, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

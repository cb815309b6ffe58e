package io.etcetera.server.rpc;

import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdError;
import io.etcetera.server.net.DeadConnections;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.text.GoDuration;
import io.etcetera.server.tls.ServerTls;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a member's clients: one gRPC server for each address, on shared event loops, with the same services. Handlers run
 * on the event loops and never block them; what may be large is read on a few reader threads.
 *
 * <p>Opened by {@link #open} in the order event loops, reader threads, listeners, and closed the other way round.
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

    private static final long GRACE_MILLIS = 150;
    private static final long FORCED_MILLIS = 100;

    private final EventLoops loops;
    private final Readers readers;
    private final Readers storePasses;
    private final OpenStreams streams;
    private final AcceptGate gate = new AcceptGate();
    private final List<Server> servers = new ArrayList<>();
    private final List<URI> clientUrls = new ArrayList<>();
    private boolean closed;

    private RpcServer(EventLoops loops, Readers readers, Readers storePasses, OpenStreams streams) {
        this.loops = loops;
        this.readers = readers;
        this.storePasses = storePasses;
        this.streams = streams;
    }

    /**
     * Listens on all URLs of the configuration. Clients can connect from then on, but get no answer until {@link #serve}.
     *
     * @param tls for the https URLs
     * @throws IOException naming the URL, if one of them cannot be listened on; nothing is left open then
     */
    public static RpcServer open(MemberParts parts, Optional<ServerTls> tls) throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        return open(parts, tls, new SplittableRandom(), EventLoops.defaultCount(processors), processors);
    }

    static RpcServer open(
            MemberParts parts, Optional<ServerTls> tls, RandomGenerator random, int loopCount, int readerCount)
            throws IOException {
        EtcdConfig config = parts.config();
        List<ClientPort> ports = ClientPort.of(config.listenClientUrls(), tls);

        EventLoops loops = EventLoops.open("etcd-rpc", loopCount);
        Readers readers = Readers.of(readerCount);
        Readers storePasses = Readers.ofWholeStore();
        CallGate gate = new CallGate(parts.raft(), parts.membership());
        OpenStreams streams = new OpenStreams(gate, loops.home(), config.electionTimeout());
        RpcServer server = new RpcServer(loops, readers, storePasses, streams);
        RpcContext context = new RpcContext(
                parts,
                new ResponseHeaders(parts.membership(), parts.raft(), parts.store()),
                gate,
                new RequestValidator(config.maxTxnOps()),
                new Marshallers(RpcContext.maxMessageBytes(config.maxRequestBytes())),
                loops,
                readers,
                storePasses,
                streams,
                random);
        warnOfPingInterval(config);
        try {
            List<ServerServiceDefinition> services = services(context);
            Map<URI, URI> bound = new HashMap<>();
            for (ClientPort port : ports) {
                bound.putAll(server.listen(port, config, services));
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

    private static List<ServerServiceDefinition> services(RpcContext context) {
        return List.of(
                KvService.define(context),
                WatchService.define(context),
                LeaseService.define(context),
                ClusterService.define(context),
                MaintenanceService.define(context),
                HealthService.define(context),
                LockService.define(context),
                ElectionService.define(context),
                // Nothing of it is bound yet: every method answers UNIMPLEMENTED.
                new Methods(context, AuthGrpc.getServiceDescriptor()).build());
    }

    /** Listens on a port; answers its URLs with the number that was bound. */
    private Map<URI, URI> listen(ClientPort port, EtcdConfig config, List<ServerServiceDefinition> services)
            throws IOException {
        Server server = builder(port, config, services).build();
        try {
            server.start();
        } catch (IOException e) {
            throw port.address().notBound(e);
        }
        servers.add(server);
        InetSocketAddress bound = (InetSocketAddress) server.getListenSockets().get(0);
        Map<URI, URI> urls = new HashMap<>();
        for (ListenAddress address : port.urls()) {
            urls.put(address.url(), address.bound(bound.getPort()));
            LOG.info("serving client traffic on {}", urls.get(address.url()));
        }
        return urls;
    }

    private NettyServerBuilder builder(ClientPort port, EtcdConfig config, List<ServerServiceDefinition> services) {
        int maxMessageBytes = RpcContext.maxMessageBytes(config.maxRequestBytes());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        port.address().address(), port.credentials())
                .bossEventLoopGroup(loops.group())
                .workerEventLoopGroup(loops.group())
                .channelFactory(gate.closed(channels(config)))
                .directExecutor()
                .maxInboundMessageSize((int) Math.min(Integer.MAX_VALUE, (long) maxMessageBytes * TRANSPORT_SLACK))
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(maxConcurrentStreams(config))
                .decompressorRegistry(decompressors())
                .fallbackHandlerRegistry(new UnknownMethods(services.stream()
                        .map(service -> service.getServiceDescriptor().getName())
                        .collect(Collectors.toSet())));
        builder.addServices(services);
        keepAlive(builder, config);
        return builder;
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

    private ChannelFactory<? extends ServerChannel> channels(EtcdConfig config) {
        return pingsClients(config)
                ? DeadConnections.closing(
                        loops.listenerType(), pingInterval(config).plus(config.grpcKeepAliveTimeout()))
                : new ReflectiveChannelFactory<>(loops.listenerType());
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
        streams.endAll(StatusTable.of(EtcdError.STOPPED));
        // They are long, and end with an error when told to stop: no reason to wait for them.
        storePasses.close();
        if (!awaitAll(GRACE_MILLIS)) {
            servers.forEach(Server::shutdownNow);
            awaitAll(FORCED_MILLIS);
        }
        readers.close();
        streams.close();
        loops.close();
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

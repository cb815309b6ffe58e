package io.etcetera.server.transport.peer;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.NetworkConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.net.DeadConnections;
import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpService;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.net.port.SharedPort;
import io.etcetera.server.tls.ServerTls;
import io.etcetera.server.transport.Doorkeeper;
import io.etcetera.server.transport.Lines;
import io.etcetera.server.transport.PeerDirectory;
import io.etcetera.server.transport.PeerHandlers;
import io.etcetera.server.transport.Refusal;
import io.grpc.Server;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where peers come in: a listener for each peer URL. It listens from its opening on, so that a port that is taken is known
 * before anything else is done; until it is told what to serve, it says that the member has not started yet.
 */
final class PeerPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerPort.class);
    private static final int WINDOW_BYTES = 4 << 20;
    private static final int MAX_MESSAGE_BYTES = 512 << 20;
    private static final int MAX_HTTP_BODY_BYTES = 2 << 20;
    private static final long CLOSE_MILLIS = 100;
    /** Members ping all the time, and plain HTTP is answered in less. */
    private static final Duration SILENCE = Duration.ofSeconds(150);

    /** Copies of the store that are sent at the same time; who asks for another one asks again later. */
    private static final int MAX_COPIES = 2;

    private final NetworkConfig network;
    private final Lines lines;
    private final TimeSource time;
    private final ThreadPoolExecutor copyThreads;
    private final PeerService service;
    private final List<Server> servers = new ArrayList<>();
    private final List<URI> urls = new ArrayList<>();
    private volatile LongConsumer arrivals = peerId -> {};
    private volatile Doorkeeper.@Nullable Attendance attendance;

    private PeerPort(EtcdConfig config, Lines lines, TimeSource time) {
        this.network = config.network();
        this.lines = lines;
        this.time = time;
        this.copyThreads = new ThreadPoolExecutor(
                0,
                MAX_COPIES,
                1,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, "etcd-peer-copy-" + config.name()));
        this.service = new PeerService(
                new Doorkeeper(() -> attendance, peerId -> arrivals.accept(peerId)), lines, copyThreads);
    }

    /**
     * Listens on all peer URLs of the configuration.
     *
     * @param tls for the https URLs
     * @throws IOException in etcd's words, if one of them cannot be listened on; nothing is left open then
     */
    static PeerPort open(EtcdConfig config, Optional<ServerTls> tls, Lines lines, TimeSource time) throws IOException {
        PeerPort port = new PeerPort(config, lines, time);
        try {
            for (URI url : config.listenPeerUrls()) {
                port.listen(ListenAddress.of(url, tls.isPresent()), tls);
            }
            return port;
        } catch (IOException | RuntimeException e) {
            port.close();
            throw e;
        }
    }

    private void listen(ListenAddress address, Optional<ServerTls> tls) throws IOException {
        Optional<ServerTls> secure = address.isSecure() ? tls : Optional.empty();
        HttpServing http = new HttpServing(HttpService.of(this::http), MAX_HTTP_BODY_BYTES, time);
        address.clear();
        Server server = SharedPort.forAddress(address.address(), http, secure, false, ServerTls.HTTP2)
                .bossEventLoopGroup(lines.loops().group())
                .workerEventLoopGroup(lines.loops().group())
                .channelFactory(DeadConnections.closing(lines.loops().listeners(address.address(), network), SILENCE))
                .directExecutor()
                .flowControlWindow(WINDOW_BYTES)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(service.define())
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw address.notBound(e);
        }
        servers.add(server);
        urls.add(address.bound(server.getListenSockets().get(0)));
    }

    private void http(HttpRequest request, Consumer<HttpReply> reply) {
        Doorkeeper.Attendance present = attendance;
        if (present == null) {
            reply.accept(HttpReply.error(503, Refusal.STARTING.text()));
        } else {
            present.handlers().http().handle(request, reply);
        }
    }

    /** Has the listener told of each peer that connects. */
    void onArrival(LongConsumer listener) {
        arrivals = listener;
    }

    /** Begins to serve. */
    void serve(PeerDirectory directory, PeerHandlers handlers) {
        attendance = new Doorkeeper.Attendance(directory, handlers);
        urls.forEach(url ->
                LOG.atInfo().addKeyValue("address", url.getRawAuthority()).log("serving peer traffic"));
    }

    /** Turns out who has been removed since it came in. To be called now and then. */
    void tick() {
        Doorkeeper.Attendance present = attendance;
        if (present != null) {
            service.turnOut(present.directory()::isRemoved);
        }
    }

    /** The URLs, with the ports that were bound. */
    List<URI> urls() {
        return List.copyOf(urls);
    }

    @Override
    public void close() {
        servers.forEach(Server::shutdownNow);
        copyThreads.shutdownNow();
        try {
            for (Server server : servers) {
                if (!server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    LOG.debug("connections of peers are still closing");
                }
            }
            if (!copyThreads.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("a copy of the store is still being read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

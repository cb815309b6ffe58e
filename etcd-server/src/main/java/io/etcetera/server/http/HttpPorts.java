package io.etcetera.server.http;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.NetworkConfig;
import io.etcetera.server.net.AcceptGate;
import io.etcetera.server.net.ConnectionLimit;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.net.port.HttpPort;
import io.etcetera.server.net.port.ListenPort;
import io.etcetera.server.tls.ServerTls;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports that speak HTTP alone: for clients whose port speaks gRPC alone, and for monitoring, which is served from the
 * opening on.
 */
public final class HttpPorts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpPorts.class);

    private final EventLoops loops;
    private final NetworkConfig network;
    private final Optional<ServerTls> tls;
    private final ConnectionLimit limit;
    private final AcceptGate gate = new AcceptGate();
    private final List<HttpPort> ports = new ArrayList<>();
    private final List<URI> clientUrls = new ArrayList<>();
    private final List<URI> metricsUrls = new ArrayList<>();

    private HttpPorts(EventLoops loops, NetworkConfig network, Optional<ServerTls> tls, ConnectionLimit limit) {
        this.loops = loops;
        this.network = network;
        this.tls = tls;
        this.limit = limit;
    }

    /**
     * Listens on all URLs of the configuration.
     *
     * @param tls for the https URLs
     * @param limit for connections of clients; monitoring is let in all the same
     * @throws IOException naming the URL, if one of them cannot be listened on; nothing is left open then
     */
    public static HttpPorts open(
            EtcdConfig config,
            EventLoops loops,
            Optional<ServerTls> tls,
            ConnectionLimit limit,
            HttpServing clients,
            HttpServing monitoring)
            throws IOException {
        HttpPorts ports = new HttpPorts(loops, config.network(), tls, limit);
        try {
            ports.clientUrls.addAll(ports.listen(config.http().listenClientUrls(), clients, true));
            ports.metricsUrls.addAll(ports.listen(config.http().listenMetricsUrls(), monitoring, false));
            ports.metricsUrls.forEach(
                    url -> log.atInfo().addKeyValue("address", url.toString()).log("serving metrics"));
            return ports;
        } catch (IOException | RuntimeException e) {
            ports.close();
            throw e;
        }
    }

    private List<URI> listen(List<URI> urls, HttpServing http, boolean gated) throws IOException {
        Map<URI, URI> bound = new HashMap<>();
        for (ListenPort listening : ListenPort.of(urls, tls)) {
            ListenAddress address = listening.address();
            address.clear();
            ChannelFactory<ServerChannel> channels = loops.listeners(address.address(), network);
            HttpPort port = HttpPort.open(
                    address,
                    listening.tls(),
                    listening.plainToo(),
                    http,
                    loops,
                    gated ? gate.closed(limit.counting(channels)) : channels);
            ports.add(port);
            listening.urls().forEach(url -> bound.put(url.url(), port.bound(url)));
        }
        return urls.stream().map(url -> bound.getOrDefault(url, url)).toList();
    }

    /** Begins to answer clients. Any thread; does nothing once closed. */
    public void serve() {
        gate.open();
    }

    /** Where clients are served, with the ports that were bound, in the order of the configuration. */
    public List<URI> clientUrls() {
        return List.copyOf(clientUrls);
    }

    /** Where monitoring is served, with the ports that were bound, in the order of the configuration. */
    public List<URI> metricsUrls() {
        return List.copyOf(metricsUrls);
    }

    @Override
    public void close() {
        ports.forEach(HttpPort::close);
    }
}

package io.etcetera.server.transport.peer;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.metrics.PeerMetrics;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.propose.RefusalListener;
import io.etcetera.server.tls.MemberTls;
import io.etcetera.server.transport.Dialer;
import io.etcetera.server.transport.Lines;
import io.etcetera.server.transport.Pace;
import io.etcetera.server.transport.PeerDirectory;
import io.etcetera.server.transport.PeerHandlers;
import io.etcetera.server.transport.Surroundings;
import io.etcetera.server.transport.Wire;
import io.etcetera.server.transport.http.PeerHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A member's connections with the others, both ways. Opened in three steps, since each needs what is made between them:
 * {@link #bind} before the data directory is touched, {@link #connect} when it is known who the others are, {@link #serve}
 * when the log runs. One thread opens and closes it.
 */
public final class PeerNetwork implements AutoCloseable {
    private final Lines lines;
    private final PeerPort port;
    private final MemberTls tls;
    private final TimeSource time;
    private final Pace pace;
    private final String name;
    private final Duration requestTimeout;

    private PeerNetwork(EtcdConfig config, Lines lines, PeerPort port, MemberTls tls, TimeSource time) {
        this.lines = lines;
        this.port = port;
        this.tls = tls;
        this.time = time;
        this.pace = Pace.of(config.electionTimeout(), config.network());
        this.name = config.name();
        this.requestTimeout = config.requestTimeout();
    }

    /**
     * Listens on all peer URLs. Until {@link #serve}, whoever comes is told that the member has not started yet.
     *
     * @param tls of the https URLs, ours and the peers'
     * @throws IOException in etcd's words, if one of them cannot be listened on; nothing is left open then
     */
    public static PeerNetwork bind(EtcdConfig config, Wire wire, MemberTls tls, TimeSource time, PeerMetrics metrics)
            throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        EventLoops loops = EventLoops.open("etcd-peer-" + config.name(), EventLoops.defaultCount(processors));
        Lines lines = new Lines(loops, wire, metrics);
        try {
            PeerPort port = PeerPort.open(config, tls.peerPort(), lines, time);
            return new PeerNetwork(config, lines, port, tls, time);
        } catch (IOException | RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    /** Where peers are served, in the order of the configuration, with the ports that were bound. */
    public List<URI> peerUrls() {
        return port.urls();
    }

    /** For questions to the other members, whom this member may not be connected with yet. */
    public PeerHttpClient httpClient() {
        return new PeerHttpClient(lines.loops(), tls);
    }

    /**
     * Begins to connect to the other members; to be closed before this network is.
     *
     * @param refusals told of forwarded entries that the leader did not take
     * @param onRemoved called when a peer says that this member has been removed; on an event loop, perhaps several
     *     times; must not block
     */
    public RemotePeers connect(PeerDirectory directory, RefusalListener refusals, Runnable onRemoved) {
        Dialer dialer = new Dialer(lines, tls, name, pace.connectMillis());
        RemotePeers peers = new RemotePeers(
                new Surroundings(lines, dialer, directory, pace, time, onRemoved), refusals, requestTimeout);
        port.onArrival(peers::arrived);
        peers.start();
        return peers;
    }

    /** Begins to serve the other members. */
    public void serve(PeerDirectory directory, PeerHandlers handlers) {
        port.serve(directory, handlers);
        var unused = lines.loops()
                .group()
                .scheduleWithFixedDelay(port::tick, pace.tickMillis(), pace.tickMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        port.close();
        lines.loops().close();
    }
}

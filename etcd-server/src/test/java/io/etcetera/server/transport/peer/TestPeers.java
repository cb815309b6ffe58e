package io.etcetera.server.transport.peer;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.TestMetrics;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.tls.MemberTls;
import io.etcetera.server.tls.TlsConfig;
import io.etcetera.server.transport.PeerDirectory;
import io.etcetera.server.transport.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Members of one cluster in one process, which have nothing but real connections between them. */
public final class TestPeers implements AutoCloseable {
    static final long CLUSTER = 0x1c2d3e4f5a6b7c8dL;
    /** So long that a busy machine does not lose its links: they are dead after one and a half of it without an answer. */
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(2);

    private static final long PATIENCE_SECONDS = 60;

    /** Where each member is, in the eyes of all. */
    final Map<Long, List<String>> urls = new ConcurrentHashMap<>();

    final Set<Long> removed = ConcurrentHashMap.newKeySet();
    private final Duration electionTimeout;
    private final FreePorts ports = new FreePorts();
    private final Map<Long, TestPeer> running = new ConcurrentHashMap<>();

    /** Members 1 to {@code count}, with an address each, none of them started. */
    public TestPeers(int count) {
        this(count, ELECTION_TIMEOUT);
    }

    /** @param electionTimeout what the pace of the links follows */
    TestPeers(int count, Duration electionTimeout) {
        this.electionTimeout = electionTimeout;
        for (long id = 1; id <= count; id++) {
            urls.put(id, List.of(freeUrl()));
        }
    }

    /** One that nobody else is given: members are stopped, and started again where they were. */
    String freeUrl() {
        return "http://127.0.0.1:" + ports.next();
    }

    /** The first URL of a member. */
    public String url(long id) {
        return Objects.requireNonNull(urls.get(id)).get(0);
    }

    public TestPeer start(long id) throws IOException {
        return start(id, Wire.INTACT);
    }

    /** One that answers, too. */
    TestPeer startServing(long id) throws IOException {
        TestPeer started = start(id);
        started.serve();
        return started;
    }

    TestPeer start(long id, Wire wire) throws IOException {
        return start(id, wire, TlsConfig.NONE);
    }

    TestPeer start(long id, Wire wire, TlsConfig tls) throws IOException {
        return start(id, wire, tls, urls.getOrDefault(id, List.of()));
    }

    TestPeer start(long id, Wire wire, TlsConfig tls, List<String> listenUrls) throws IOException {
        EtcdConfig config = EtcdConfig.builder()
                .name("m" + id)
                .listenPeerUrls(listenUrls.stream().map(URI::create).toList())
                .electionTimeout(electionTimeout)
                .dataDir(Path.of("target", "test-peers", "m" + id)) // for certificates alone
                .peerTls(tls)
                .build();
        MemberTls memberTls = MemberTls.open(config, TimeSource.system());
        MemberMetrics metrics = TestMetrics.create();
        PeerNetwork network = PeerNetwork.bind(config, wire, memberTls, TimeSource.system(), metrics.peers());
        TestPeer peer = new TestPeer(network, memberTls, metrics, new Directory(id));
        running.put(id, peer);
        return peer;
    }

    void stop(long id) {
        TestPeer peer = running.remove(id);
        if (peer != null) {
            peer.close();
        }
    }

    static void await(String what, BooleanSupplier condition) {
        Await.until(what, Duration.ofSeconds(PATIENCE_SECONDS), condition::getAsBoolean);
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
        ports.close();
    }

    /** What one member knows: everything, at once. */
    final class Directory implements PeerDirectory {
        private final long self;
        volatile long clusterId = CLUSTER;
        volatile long appliedIndex;

        Directory(long self) {
            this.self = self;
        }

        @Override
        public long clusterId() {
            return clusterId;
        }

        @Override
        public long memberId() {
            return self;
        }

        @Override
        public long appliedIndex() {
            return appliedIndex;
        }

        @Override
        public Set<Long> peers() {
            Set<Long> others = new HashSet<>(urls.keySet());
            others.remove(self);
            return others;
        }

        @Override
        public List<String> peerUrls(long memberId) {
            return urls.getOrDefault(memberId, List.of());
        }

        @Override
        public boolean isRemoved(long memberId) {
            return removed.contains(memberId);
        }
    }
}

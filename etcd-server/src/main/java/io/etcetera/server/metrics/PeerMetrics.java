package io.etcetera.server.metrics;

import io.etcetera.server.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What goes between this member and the others, and who of them answers. Thread-safe. */
public final class PeerMetrics {
    private final Labelled<Counter> sentBytes;
    private final Labelled<Counter> receivedBytes;
    private final Labelled<Counter> sendFailures;
    private final Labelled<Counter> receiveFailures;
    private final Labelled<Histogram> roundTrips;
    private final Labelled<Gauge> active;
    private final Labelled<Counter> disconnections;
    private final CopyMetrics copies;
    private final Map<Long, PeerTraffic> traffic = new ConcurrentHashMap<>();

    PeerMetrics(MetricRegistry registry, TimeSource time) {
        sentBytes = registry.counters(
                "etcd_network_peer_sent_bytes_total", "The total number of bytes sent to peers.", "To");
        receivedBytes = registry.counters(
                "etcd_network_peer_received_bytes_total", "The total number of bytes received from peers.", "From");
        sendFailures = registry.counters(
                "etcd_network_peer_sent_failures_total", "The total number of send failures from peers.", "To");
        receiveFailures = registry.counters(
                "etcd_network_peer_received_failures_total",
                "The total number of receive failures from peers.",
                "From");
        roundTrips = registry.histograms(
                "etcd_network_peer_round_trip_time_seconds",
                "Round-Trip-Time histogram between peers",
                Buckets.seconds(0.0001, 16),
                "To");
        active = registry.gauges(
                "etcd_network_active_peers", "The current number of active peer connections.", "Local", "Remote");
        disconnections = registry.counters(
                "etcd_network_disconnected_peers_total", "The total number of disconnected peers.", "Local", "Remote");
        copies = new CopyMetrics(registry, time);
    }

    /** The instruments of one peer; one for each, to be kept by whoever sends or receives much. */
    public PeerTraffic traffic(long peerId) {
        return traffic.computeIfAbsent(peerId, id -> {
            String peer = Long.toHexString(id);
            return new PeerTraffic(
                    sentBytes.with(peer),
                    receivedBytes.with(peer),
                    () -> sendFailures.with(peer),
                    () -> receiveFailures.with(peer),
                    () -> roundTrips.with(peer));
        });
    }

    /** A peer that did not answer does. */
    public void activated(long localId, long peerId) {
        active.with(Long.toHexString(localId), Long.toHexString(peerId)).increment();
    }

    /** A peer that answered does not any more. */
    public void deactivated(long localId, long peerId) {
        String local = Long.toHexString(localId);
        String remote = Long.toHexString(peerId);
        active.with(local, remote).decrement();
        disconnections.with(local, remote).increment();
    }

    public CopyMetrics copies() {
        return copies;
    }
}

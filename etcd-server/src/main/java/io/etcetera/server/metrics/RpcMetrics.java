package io.etcetera.server.metrics;

import io.etcetera.server.TimeSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Calls of clients: how many of which method, with which outcome, how long, and how many bytes. */
public final class RpcMetrics {
    private static final int MAX_CLIENT_VERSIONS = 100;

    private final boolean timed;
    private final TimeSource time;
    private final Labelled<Counter> started;
    private final Labelled<Counter> handled;
    private final Labelled<Counter> received;
    private final Labelled<Counter> sent;
    private final Optional<Labelled<Histogram>> handling;
    private final Counter receivedBytes;
    private final Counter sentBytes;
    private final Labelled<Counter> clientRequests;
    private final Map<String, Counter> unaryByVersion = new ConcurrentHashMap<>();
    private final Map<String, Counter> streamsByVersion = new ConcurrentHashMap<>();

    /** @param timed whether the time that each call takes is measured */
    RpcMetrics(MetricRegistry registry, boolean timed, TimeSource time) {
        this.timed = timed;
        this.time = time;
        String[] method = {"grpc_method", "grpc_service", "grpc_type"};
        started = registry.counters("grpc_server_started_total", "Total number of RPCs started on the server.", method);
        handled = registry.counters(
                "grpc_server_handled_total",
                "Total number of RPCs completed on the server, regardless of success or failure.",
                "grpc_code",
                "grpc_method",
                "grpc_service",
                "grpc_type");
        received = registry.counters(
                "grpc_server_msg_received_total",
                "Total number of RPC stream messages received on the server.",
                method);
        sent = registry.counters(
                "grpc_server_msg_sent_total", "Total number of gRPC stream messages sent by the server.", method);
        handling = timed
                ? Optional.of(registry.histograms(
                        "grpc_server_handling_seconds",
                        "Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.",
                        new Buckets(
                                new double[] {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
                                Buckets.NANOS_PER_SECOND),
                        method))
                : Optional.empty();
        receivedBytes = registry.counter(
                "etcd_network_client_grpc_received_bytes_total",
                "The total number of bytes received from grpc clients.");
        sentBytes = registry.counter(
                "etcd_network_client_grpc_sent_bytes_total", "The total number of bytes sent to grpc clients.");
        clientRequests = registry.counters(
                "etcd_server_client_requests_total",
                "The total number of client requests per client version.",
                "client_api_version",
                "type");
    }

    /** Begin of a call, for {@link MethodMetrics#took}; 0 if the time that calls take is not of interest. */
    public long begin() {
        return timed ? time.nanoTime() : 0;
    }

    long nanosSince(long begin) {
        return time.nanoTime() - begin;
    }

    /**
     * The counters of one method. One for each, to be kept.
     *
     * @param type unary, server_stream or bidi_stream
     */
    public MethodMetrics method(String service, String method, String type) {
        return new MethodMetrics(this, service, method, type);
    }

    /** A client's request has come in, whatever becomes of it. */
    public void clientRequest(boolean unary, String apiVersion) {
        Map<String, Counter> known = unary ? unaryByVersion : streamsByVersion;
        Counter counter = known.get(apiVersion);
        if (counter == null) {
            // Clients say what they like, and must not be able to fill the memory with it.
            String version = known.size() < MAX_CLIENT_VERSIONS ? apiVersion : "other";
            counter = known.computeIfAbsent(version, added -> clientRequests.with(added, unary ? "unary" : "stream"));
        }
        counter.increment();
    }

    public void bytesReceived(long bytes) {
        receivedBytes.add(bytes);
    }

    public void bytesSent(long bytes) {
        sentBytes.add(bytes);
    }

    Labelled<Counter> started() {
        return started;
    }

    Labelled<Counter> handled() {
        return handled;
    }

    Labelled<Counter> received() {
        return received;
    }

    Labelled<Counter> sent() {
        return sent;
    }

    Optional<Labelled<Histogram>> handling() {
        return handling;
    }
}

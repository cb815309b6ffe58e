package io.etcetera.server.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/** What requests go through inside the member: proposed, applied, read. */
public final class RequestMetrics {
    private final MetricRegistry registry;
    private final Outcomes applied;
    private final Outcomes requests;
    private final Outcomes ranges;
    private final Counter slowApplies;
    private final Counter failedProposals;
    private final Counter slowReadIndexes;
    private final Counter failedReadIndexes;

    RequestMetrics(MetricRegistry registry) {
        this.registry = registry;
        Labelled<Histogram> apply = registry.histograms(
                "etcd_server_apply_duration_seconds",
                "The latency distributions of v2 apply called by backend.",
                Buckets.seconds(0.0001, 20),
                "op",
                "success",
                "version");
        applied = new Outcomes(op -> apply.with(op, "true", "v3"), op -> apply.with(op, "false", "v3"));
        Labelled<Histogram> request = registry.histograms(
                "etcd_server_request_duration_seconds",
                "Response latency distribution in seconds for each type.",
                Buckets.seconds(0.001, 14),
                "success",
                "type");
        requests = new Outcomes(type -> request.with("true", type), type -> request.with("false", type));
        Labelled<Histogram> range = registry.histograms(
                "etcd_server_range_duration_seconds",
                "The latency distributions of txn.Range",
                Buckets.seconds(0.0001, 20),
                "success");
        ranges = new Outcomes(any -> range.with("true"), any -> range.with("false"));
        slowApplies = registry.counter(
                "etcd_server_slow_apply_total",
                "The total number of slow apply requests (likely overloaded from slow disk).");
        failedProposals =
                registry.counter("etcd_server_proposals_failed_total", "The total number of failed proposals seen.");
        slowReadIndexes = registry.counter(
                "etcd_server_slow_read_indexes_total",
                "The total number of pending read indexes not in sync with leader's or timed out read index requests.");
        failedReadIndexes = registry.counter(
                "etcd_server_read_indexes_failed_total", "The total number of failed read indexes seen.");
    }

    /** Histograms by what was done and whether it succeeded; each is there from its first observation on. */
    private static final class Outcomes {
        private final Map<String, Histogram> succeeded = new ConcurrentHashMap<>();
        private final Map<String, Histogram> failed = new ConcurrentHashMap<>();
        private final Function<String, Histogram> onSuccess;
        private final Function<String, Histogram> onFailure;

        Outcomes(Function<String, Histogram> onSuccess, Function<String, Histogram> onFailure) {
            this.onSuccess = onSuccess;
            this.onFailure = onFailure;
        }

        void observe(String what, boolean success, long nanos) {
            Map<String, Histogram> known = success ? succeeded : failed;
            Histogram histogram = known.get(what);
            if (histogram == null) {
                histogram = known.computeIfAbsent(what, success ? onSuccess : onFailure);
            }
            histogram.observe(nanos);
        }
    }

    /** Shows where the log and the waiting proposals are, from now on. Once. */
    public void watch(DoubleSupplier committedIndex, DoubleSupplier appliedIndex, DoubleSupplier pendingProposals) {
        registry.gauge(
                "etcd_server_proposals_committed_total",
                "The total number of consensus proposals committed.",
                committedIndex);
        registry.gauge(
                "etcd_server_proposals_applied_total",
                "The total number of consensus proposals applied.",
                appliedIndex);
        registry.gauge(
                "etcd_server_proposals_pending",
                "The current number of pending proposals to commit.",
                pendingProposals);
    }

    /** An entry of the log has been applied. */
    public void applied(String op, boolean success, long nanos) {
        applied.observe(op, success, nanos);
    }

    /** A request has been answered inside the member, reads among them. */
    public void answered(String type, boolean success, long nanos) {
        requests.observe(type, success, nanos);
    }

    /** A range of the store has been evaluated, be it by itself or in a transaction. */
    public void ranged(boolean success, long nanos) {
        ranges.observe("", success, nanos);
    }

    public void slowApply() {
        slowApplies.increment();
    }

    /** A proposal was not applied within its time. */
    public void proposalFailed() {
        failedProposals.increment();
    }

    public void slowReadIndex() {
        slowReadIndexes.increment();
    }

    public void readIndexFailed() {
        failedReadIndexes.increment();
    }
}

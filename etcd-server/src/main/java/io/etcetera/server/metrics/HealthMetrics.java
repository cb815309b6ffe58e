package io.etcetera.server.metrics;

/** What the HTTP health checks have found. */
public final class HealthMetrics {
    private final Counter successes;
    private final Counter failures;
    private final Labelled<Gauge> results;
    private final Labelled<Counter> checks;

    HealthMetrics(MetricRegistry registry) {
        successes = registry.counter("etcd_server_health_success", "The total number of successful health checks");
        failures = registry.counter("etcd_server_health_failures", "The total number of failed health checks");
        results = registry.gauges("etcd_server_healthcheck", "The result of each kind of healthcheck.", "name", "type");
        checks = registry.counters(
                "etcd_server_healthchecks_total",
                "The total number of each kind of healthcheck.",
                "name",
                "status",
                "type");
    }

    /** {@code /health} has been asked. */
    public void health(boolean healthy) {
        (healthy ? successes : failures).increment();
    }

    /**
     * One of the checks of {@code /livez} or {@code /readyz} has been made.
     *
     * @param type livez or readyz
     * @param name of the check, such as serializable_read
     */
    public void checked(String type, String name, boolean passed) {
        results.with(name, type).set(passed ? 1 : 0);
        checks.with(name, passed ? "success" : "error", type).increment();
    }
}

package io.etcetera.server;

import io.etcetera.server.metrics.HostRegistry;
import io.etcetera.server.metrics.MemberMetrics.Detail;
import java.time.Duration;

/**
 * What a member tells about its work.
 *
 * @param detail how much is measured
 * @param hostRegistry where metrics are shown beside {@code /metrics}
 * @param slowApply a request whose applying, or reading, takes longer is warned of; 0 or less warns of all
 * @param slowUnaryRequest a call that takes longer from the client's point of view is warned of; 0 or less warns of all
 */
public record MonitoringConfig(
        Detail detail, HostRegistry hostRegistry, Duration slowApply, Duration slowUnaryRequest) {

    /** etcd's: numbers of calls but not their times, warnings from 100 ms and 300 ms on. */
    public static final MonitoringConfig DEFAULT =
            new MonitoringConfig(Detail.BASIC, HostRegistry.NONE, Duration.ofMillis(100), Duration.ofMillis(300));

    public MonitoringConfig withDetail(Detail value) {
        return new MonitoringConfig(value, hostRegistry, slowApply, slowUnaryRequest);
    }

    public MonitoringConfig withHostRegistry(HostRegistry value) {
        return new MonitoringConfig(detail, value, slowApply, slowUnaryRequest);
    }

    public MonitoringConfig withSlowApply(Duration value) {
        return new MonitoringConfig(detail, hostRegistry, value, slowUnaryRequest);
    }

    public MonitoringConfig withSlowUnaryRequest(Duration value) {
        return new MonitoringConfig(detail, hostRegistry, slowApply, value);
    }
}

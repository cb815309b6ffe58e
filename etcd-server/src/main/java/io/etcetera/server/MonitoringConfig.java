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
 */
public record MonitoringConfig(Detail detail, HostRegistry hostRegistry, Duration slowApply) {

    /** etcd's: numbers of calls but not their times, warnings from 100 ms on. */
    public static final MonitoringConfig DEFAULT =
            new MonitoringConfig(Detail.BASIC, HostRegistry.NONE, Duration.ofMillis(100));

    public MonitoringConfig withDetail(Detail value) {
        return new MonitoringConfig(value, hostRegistry, slowApply);
    }

    public MonitoringConfig withHostRegistry(HostRegistry value) {
        return new MonitoringConfig(detail, value, slowApply);
    }

    public MonitoringConfig withSlowApply(Duration value) {
        return new MonitoringConfig(detail, hostRegistry, value);
    }
}

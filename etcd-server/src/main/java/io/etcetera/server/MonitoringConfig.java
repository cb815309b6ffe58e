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
 * @param slowRequest the same of a call with one answer, from its request to its answer
 * @param calls is told of all calls
 */
public record MonitoringConfig(
        Detail detail, HostRegistry hostRegistry, Duration slowApply, Duration slowRequest, CallObserver calls) {

    /** etcd's: numbers of calls but not their times, warnings from 100 and 300 ms on. */
    public static final MonitoringConfig DEFAULT = new MonitoringConfig(
            Detail.BASIC, HostRegistry.NONE, Duration.ofMillis(100), Duration.ofMillis(300), CallObserver.NONE);

    public MonitoringConfig withDetail(Detail value) {
        return new MonitoringConfig(value, hostRegistry, slowApply, slowRequest, calls);
    }

    public MonitoringConfig withHostRegistry(HostRegistry value) {
        return new MonitoringConfig(detail, value, slowApply, slowRequest, calls);
    }

    public MonitoringConfig withSlowApply(Duration value) {
        return new MonitoringConfig(detail, hostRegistry, value, slowRequest, calls);
    }

    public MonitoringConfig withSlowRequest(Duration value) {
        return new MonitoringConfig(detail, hostRegistry, slowApply, value, calls);
    }

    public MonitoringConfig withCalls(CallObserver value) {
        return new MonitoringConfig(detail, hostRegistry, slowApply, slowRequest, value);
    }
}

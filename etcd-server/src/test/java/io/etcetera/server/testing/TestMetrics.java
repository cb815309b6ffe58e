package io.etcetera.server.testing;

import io.etcetera.server.MonitoringConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.metrics.MemberMetrics;

/** Metrics for parts of a member that stand alone. */
public final class TestMetrics {
    private TestMetrics() {}

    public static MemberMetrics create() {
        return new MemberMetrics(
                "test", MonitoringConfig.DEFAULT.withDetail(MemberMetrics.Detail.EXTENSIVE), TimeSource.system());
    }
}

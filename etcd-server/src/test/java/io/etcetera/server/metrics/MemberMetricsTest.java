package io.etcetera.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.MonitoringConfig;
import io.etcetera.server.TimeSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemberMetricsTest {

    @Test
    void showsProcessAndJvmBesideTheMember() {
        try (MemberMetrics metrics = create(HostRegistry.NONE)) {
            metrics.health().checked("readyz", "data_corruption", true);
            String text = new String(metrics.scrape(), StandardCharsets.UTF_8);

            assertThat(text)
                    .contains("etcd_server_version{server_version=\"3.7.1\"} 1\n")
                    .contains("etcd_server_healthcheck{name=\"data_corruption\",type=\"readyz\"} 1\n")
                    .contains("promhttp_metric_handler_requests_in_flight 1\n")
                    .contains("\njvm_memory_used_bytes{");
            assertThat(text.lines().filter(line -> line.startsWith("process_") && line.endsWith(" NaN")))
                    .isEmpty();
        }
    }

    @Test
    void sharesAHostsRegistryWithOtherMembersUntilItIsClosed() {
        SimpleMeterRegistry host = new SimpleMeterRegistry();
        try (MemberMetrics other = create(HostRegistry.of(host))) {
            MemberMetrics metrics = new MemberMetrics(
                    "second", MonitoringConfig.DEFAULT.withHostRegistry(HostRegistry.of(host)), TimeSource.system());
            metrics.store().written(2, 0, 0, 10);
            metrics.disk().synced(1_000, 2_000_000, 100);
            other.store().written(1, 0, 0, 5);
            System.gc(); // the registry itself would let go of them

            assertThat(host.get("etcd.mvcc.put")
                            .tag("member", "second")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
            assertThat(host.get("etcd.mvcc.put")
                            .tag("member", "first")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(host.get("etcd.disk.wal.fsync.duration")
                            .tag("member", "second")
                            .functionTimer()
                            .mean(TimeUnit.MILLISECONDS))
                    .isEqualTo(2);

            metrics.close();
            assertThat(host.find("etcd.mvcc.put").tag("member", "second").meter())
                    .isNull();
        }
        assertThat(host.getMeters()).isEmpty();
    }

    private static MemberMetrics create(HostRegistry host) {
        return new MemberMetrics("first", MonitoringConfig.DEFAULT.withHostRegistry(host), TimeSource.system());
    }
}

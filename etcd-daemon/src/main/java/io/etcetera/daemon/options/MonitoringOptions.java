package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.FEATURES;
import static io.etcetera.daemon.options.Option.Section.MONITORING;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.server.MonitoringConfig;
import io.etcetera.server.metrics.MemberMetrics.Detail;
import java.time.Duration;
import java.util.List;

/** The options about metrics, and about what is warned of. */
public final class MonitoringOptions {
    static final Option<String> METRICS = new Option<>(
            "metrics",
            OptionTypes.STRING,
            "basic",
            "metrics",
            BUILT,
            MONITORING,
            "'basic', or 'extensive' to measure the time that each call takes, too.",
            null);

    static final Option<Duration> WARNING_APPLY_DURATION = new Option<>(
            "warning-apply-duration",
            OptionTypes.DURATION,
            Duration.ofMillis(100),
            "warning-apply-duration",
            BUILT,
            FEATURES,
            "Requests whose applying or reading takes longer are warned of.",
            null);

    static final Option<Duration> WARNING_UNARY_REQUEST_DURATION = new Option<>(
            "warning-unary-request-duration",
            OptionTypes.DURATION,
            Duration.ofMillis(300),
            "warning-unary-request-duration",
            BUILT,
            FEATURES,
            "Calls with one answer that take longer are warned of.",
            null);

    private MonitoringOptions() {}

    static List<Option<?>> table() {
        return List.of(METRICS, WARNING_APPLY_DURATION, WARNING_UNARY_REQUEST_DURATION);
    }

    public static MonitoringConfig config(Settings settings) {
        return MonitoringConfig.DEFAULT
                .withDetail(settings.get(METRICS).equals("extensive") ? Detail.EXTENSIVE : Detail.BASIC)
                .withSlowApply(settings.get(WARNING_APPLY_DURATION))
                .withSlowRequest(settings.get(WARNING_UNARY_REQUEST_DURATION));
    }
}

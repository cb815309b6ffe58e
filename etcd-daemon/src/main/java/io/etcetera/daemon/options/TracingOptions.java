package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.TRACING;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.daemon.tracing.CallTracing;
import io.etcetera.daemon.tracing.TracingConfig;
import java.util.List;
import java.util.Optional;

/** The options about traces of clients' calls. */
public final class TracingOptions {
    static final Option<Boolean> ENABLE_DISTRIBUTED_TRACING = option(
            "enable-distributed-tracing",
            OptionTypes.BOOL,
            false,
            "Send traces of clients' calls to an OpenTelemetry collector.");

    static final Option<String> DISTRIBUTED_TRACING_ADDRESS = option(
            "distributed-tracing-address",
            OptionTypes.STRING,
            "localhost:4317",
            "Host and port at which the collector takes OTLP by gRPC, in plaintext.");

    static final Option<String> DISTRIBUTED_TRACING_SERVICE_NAME = option(
            "distributed-tracing-service-name",
            OptionTypes.STRING,
            "etcd",
            "What all members are called in the traces.");

    static final Option<String> DISTRIBUTED_TRACING_INSTANCE_ID = option(
            "distributed-tracing-instance-id",
            OptionTypes.STRING,
            "",
            "What this member is called in the traces; not called anything if empty.");

    static final Option<Long> DISTRIBUTED_TRACING_SAMPLING_RATE = option(
            "distributed-tracing-sampling-rate",
            OptionTypes.INT,
            0L,
            "How many of a million calls are traced; calls that their callers trace are traced anyhow.");

    private static final long MILLION = 1_000_000;

    private TracingOptions() {}

    static List<Option<?>> table() {
        return List.of(
                ENABLE_DISTRIBUTED_TRACING,
                DISTRIBUTED_TRACING_ADDRESS,
                DISTRIBUTED_TRACING_SERVICE_NAME,
                DISTRIBUTED_TRACING_INSTANCE_ID,
                DISTRIBUTED_TRACING_SAMPLING_RATE);
    }

    private static <T> Option<T> option(String name, OptionType<T> type, T defaultValue, String help) {
        return new Option<>(name, type, defaultValue, name, BUILT, TRACING, help, null);
    }

    /** The words are etcd's. */
    static void check(Settings settings) throws ConfigException {
        if (settings.get(ENABLE_DISTRIBUTED_TRACING)) {
            long rate = settings.get(DISTRIBUTED_TRACING_SAMPLING_RATE);
            if (rate < 0) {
                throw new ConfigException(
                        "distributed tracing configurition is not valid: (tracing sampling rate must be positive)");
            } else if (rate > MILLION) {
                throw new ConfigException(
                        "distributed tracing configurition is not valid: (tracing sampling rate must be less than "
                                + MILLION + ")");
            }
        }
    }

    /** Begins to trace, if that is asked for. */
    public static Optional<CallTracing> open(Settings settings) {
        return settings.get(ENABLE_DISTRIBUTED_TRACING)
                ? Optional.of(CallTracing.open(new TracingConfig(
                        settings.get(DISTRIBUTED_TRACING_ADDRESS),
                        settings.get(DISTRIBUTED_TRACING_SERVICE_NAME),
                        settings.get(DISTRIBUTED_TRACING_INSTANCE_ID),
                        settings.get(DISTRIBUTED_TRACING_SAMPLING_RATE))))
                : Optional.empty();
    }
}

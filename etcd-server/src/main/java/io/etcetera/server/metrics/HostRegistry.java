package io.etcetera.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Micrometer registry of the program that a member is embedded in, if the member's metrics are to be there, too. */
public final class HostRegistry {
    /** There is none. */
    public static final HostRegistry NONE = new HostRegistry(null);

    private final @Nullable MeterRegistry registry;

    private HostRegistry(@Nullable MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Metrics go here, beside {@code /metrics}, until the member is closed. Each has the tag {@code member}, so that
     * several members can share a registry. They are named as Micrometer wants it ({@code etcd.mvcc.put} for {@code
     * etcd_mvcc_put_total}); of histograms, there are number and sum.
     */
    public static HostRegistry of(MeterRegistry registry) {
        return new HostRegistry(registry);
    }

    HostMeters meters(String member) {
        return Optional.ofNullable(registry)
                .<HostMeters>map(host -> new MicrometerMeters(host, member))
                .orElse(HostMeters.NONE);
    }
}

package io.etcetera.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Shows a member's instruments in a Micrometer registry, which reads them when it likes. Thread-safe. */
final class MicrometerMeters implements HostMeters {
    private final MeterRegistry registry;
    private final Tag member;
    private final Queue<Shown> shown = new ConcurrentLinkedQueue<>();

    /** A registry holds what it reads from by weak references only. */
    private record Shown(Meter meter, Object source) {}

    MicrometerMeters(MeterRegistry registry, String member) {
        this.registry = registry;
        this.member = Tag.of("member", member);
    }

    @Override
    public void counter(String name, String help, Labels labels, DoubleSupplier value) {
        Meter meter = FunctionCounter.builder(dotted(name, "_total"), value, DoubleSupplier::getAsDouble)
                .description(help)
                .tags(tags(labels))
                .register(registry);
        shown.add(new Shown(meter, value));
    }

    @Override
    public void gauge(String name, String help, Labels labels, DoubleSupplier value) {
        Meter meter = Gauge.builder(dotted(name, "_total"), value, DoubleSupplier::getAsDouble)
                .description(help)
                .tags(tags(labels))
                .register(registry);
        shown.add(new Shown(meter, value));
    }

    /** A time; the two histograms of other things read as such, in seconds. */
    @Override
    public void histogram(String name, String help, Labels labels, Histogram histogram) {
        TimeUnit unit = name.endsWith("_milliseconds") ? TimeUnit.MILLISECONDS : TimeUnit.SECONDS;
        Meter meter = FunctionTimer.builder(
                        dotted(name, unit == TimeUnit.SECONDS ? "_seconds" : "_milliseconds"),
                        histogram,
                        Histogram::count,
                        Histogram::sum,
                        unit)
                .description(help)
                .tags(tags(labels))
                .register(registry);
        shown.add(new Shown(meter, histogram));
    }

    private static String dotted(String name, String suffix) {
        String base = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        return base.replace('_', '.');
    }

    private Tags tags(Labels labels) {
        Tags tags = Tags.of(member);
        for (int i = 0; i < labels.names().size(); i++) {
            tags = tags.and(labels.names().get(i), labels.values().get(i));
        }
        return tags;
    }

    @Override
    public void close() {
        for (Shown one = shown.poll(); one != null; one = shown.poll()) {
            registry.remove(one.meter());
        }
    }
}

package io.etcetera.server.metrics;

import io.etcetera.server.metrics.Family.Kind;
import io.etcetera.server.metrics.Family.SeriesVisitor;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * All metrics of one member, by name. Names are given as they are shown: none is completed, and no type follows from
 * one, for etcd has gauges that end in {@code _total} and counters that do not. Thread-safe.
 */
final class MetricRegistry {
    private final ConcurrentNavigableMap<String, Family> families = new ConcurrentSkipListMap<>();
    private final HostMeters host;

    MetricRegistry(HostMeters host) {
        this.host = host;
    }

    Counter counter(String name, String help) {
        return counters(name, help).with();
    }

    Labelled<Counter> counters(String name, String help, String... labels) {
        return counters(name, help, Kind.COUNTER, labels);
    }

    /** What only grows, and is shown as a gauge all the same, because it is one in etcd. */
    Counter growingGauge(String name, String help) {
        return counters(name, help, Kind.GAUGE).with();
    }

    private Labelled<Counter> counters(String name, String help, Kind kind, String... labels) {
        Labelled<Counter> counters = new Labelled<>(
                List.of(labels), Counter::new, (series, counter) -> host.counter(name, help, series, counter));
        add(name, help, kind, out -> counters.forEach((series, counter) -> out.number(series, counter.value())));
        return counters;
    }

    Gauge gauge(String name, String help) {
        return gauges(name, help).with();
    }

    Labelled<Gauge> gauges(String name, String help, String... labels) {
        Labelled<Gauge> gauges = new Labelled<>(
                List.of(labels), Gauge::new, (series, gauge) -> host.gauge(name, help, series, gauge::value));
        add(name, help, Kind.GAUGE, out -> gauges.forEach((series, gauge) -> out.number(series, gauge.value())));
        return gauges;
    }

    /** @param value asked whenever somebody looks; any thread */
    void gauge(String name, String help, DoubleSupplier value) {
        host.gauge(name, help, Labels.NONE, value);
        add(name, help, Kind.GAUGE, out -> out.number(Labels.NONE, value.getAsDouble()));
    }

    /** @param value asked whenever somebody looks; any thread */
    void counter(String name, String help, DoubleSupplier value) {
        host.counter(name, help, Labels.NONE, value);
        add(name, help, Kind.COUNTER, out -> out.number(Labels.NONE, value.getAsDouble()));
    }

    /** A gauge that is 1 for whatever the label says. */
    void info(String name, String help, String label, String value) {
        gauges(name, help, label).with(value).set(1);
    }

    /**
     * A gauge that is 1 for each of some changing values of its labels.
     *
     * @param values of the labels, for each series of the moment; asked whenever somebody looks; any thread
     */
    void infos(String name, String help, List<String> labels, Supplier<List<List<String>>> values) {
        add(
                name,
                help,
                Kind.GAUGE,
                out -> values.get().stream()
                        .map(series -> Labels.of(labels, series))
                        .forEach(series -> out.number(series, 1)));
    }

    Histogram histogram(String name, String help, Buckets buckets) {
        return histograms(name, help, buckets).with();
    }

    Labelled<Histogram> histograms(String name, String help, Buckets buckets, String... labels) {
        Labelled<Histogram> histograms = new Labelled<>(
                List.of(labels),
                () -> new Histogram(buckets),
                (series, histogram) -> host.histogram(name, help, series, histogram));
        add(name, help, Kind.HISTOGRAM, out -> histograms.forEach(out::histogram));
        return histograms;
    }

    private void add(String name, String help, Kind kind, Consumer<SeriesVisitor> series) {
        if (families.put(name, new Family(name, help, kind, series)) != null) {
            throw new IllegalStateException("there are two metrics called " + name);
        }
    }

    /** Everything, by name. */
    String text() {
        TextFormat text = new TextFormat();
        families.values().forEach(text::add);
        return text.toString();
    }
}

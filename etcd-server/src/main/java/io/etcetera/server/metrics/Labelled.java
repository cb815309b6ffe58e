package io.etcetera.server.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The series of one metric with labels. A series is there, and shown, from its first use on. Whoever uses one often keeps
 * it. Thread-safe.
 *
 * @param <T> instrument of each series
 */
public final class Labelled<T> {
    private final List<String> names;
    private final Supplier<T> maker;
    private final BiConsumer<Labels, T> onAdded;
    private final Map<String, Series<T>> series = new ConcurrentSkipListMap<>();

    private record Series<T>(Labels labels, T instrument) {}

    /** @param onAdded told of each new series, before anybody else gets it */
    Labelled(List<String> names, Supplier<T> maker, BiConsumer<Labels, T> onAdded) {
        this.names = names;
        this.maker = maker;
        this.onAdded = onAdded;
    }

    /** The series with these values, in the order of the names. */
    public T with(String... values) {
        Labels labels = Labels.of(names, List.of(values));
        return series.computeIfAbsent(labels.text(), text -> {
                    T instrument = maker.get();
                    onAdded.accept(labels, instrument);
                    return new Series<>(labels, instrument);
                })
                .instrument();
    }

    void forEach(BiConsumer<Labels, T> visitor) {
        series.values().forEach(one -> visitor.accept(one.labels(), one.instrument()));
    }
}

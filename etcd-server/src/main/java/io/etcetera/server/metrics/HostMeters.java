package io.etcetera.server.metrics;

import java.util.function.DoubleSupplier;

/** Where each instrument is announced when it is made, for whoever else wants to show it. */
interface HostMeters extends AutoCloseable {
    /** Nobody does. */
    HostMeters NONE = new HostMeters() {
        @Override
        public void counter(String name, String help, Labels labels, DoubleSupplier value) {}

        @Override
        public void gauge(String name, String help, Labels labels, DoubleSupplier value) {}

        @Override
        public void histogram(String name, String help, Labels labels, Histogram histogram) {}

        @Override
        public void close() {}
    };

    void counter(String name, String help, Labels labels, DoubleSupplier value);

    default void counter(String name, String help, Labels labels, Counter counter) {
        counter(name, help, labels, () -> counter.value());
    }

    void gauge(String name, String help, Labels labels, DoubleSupplier value);

    void histogram(String name, String help, Labels labels, Histogram histogram);

    /** Takes back everything that was announced. */
    @Override
    void close();
}

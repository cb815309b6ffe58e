package io.etcetera.server.metrics;

import java.util.function.Consumer;

/**
 * A metric, with all its series.
 *
 * @param help one sentence, in etcd's words
 * @param series shows each series of the moment to a visitor
 */
record Family(String name, String help, Kind kind, Consumer<SeriesVisitor> series) {

    /** The types of the text format that occur. */
    enum Kind {
        COUNTER("counter"),
        GAUGE("gauge"),
        HISTOGRAM("histogram");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Is shown series. */
    interface SeriesVisitor {
        void number(Labels labels, double value);

        void histogram(Labels labels, Histogram histogram);
    }
}

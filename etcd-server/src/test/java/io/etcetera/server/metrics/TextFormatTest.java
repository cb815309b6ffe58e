package io.etcetera.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFormatTest {
    private final MetricRegistry registry = new MetricRegistry(HostMeters.NONE);

    /** What Go's strconv.FormatFloat(x, 'g', -1, 64) gives. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "-1, -1",
        "819200, 819200",
        "1048576, 1.048576e+06",
        "2000000, 2e+06",
        "2147483648, 2.147483648e+09",
        "18446744073709551616, 1.8446744073709552e+19",
        "0.0001, 0.0001",
        "0.000042, 4.2e-05",
        "0.0016, 0.0016",
        "-0.5, -0.5",
        "NaN, NaN",
        "Infinity, +Inf",
        "-Infinity, -Inf",
    })
    void writesNumbersAsGo(double number, String text) {
        assertThat(TextFormat.format(number)).isEqualTo(text);
    }

    @Test
    void showsMetricsByNameAndSeriesByLabels() {
        Labelled<Counter> counters = registry.counters("b_total", "Line\nand \\.", "code", "method");
        counters.with("OK", "Put").add(2);
        counters.with("OK", "Get \"x\"").add(3);
        registry.gauge("a_total", "A gauge, whatever it is called.", () -> 0.25);
        registry.counters("unused_total", "Without series.", "label");

        assertThat(registry.text()).isEqualTo("""
                # HELP a_total A gauge, whatever it is called.
                # TYPE a_total gauge
                a_total 0.25
                # HELP b_total Line\\nand \\\\.
                # TYPE b_total counter
                b_total{code="OK",method="Get \\"x\\""} 3
                b_total{code="OK",method="Put"} 2
                """);
    }

    @Test
    void countsWhatIsAtABoundBelowIt() {
        Histogram histogram = registry.histograms("h_seconds", "H.", Buckets.seconds(0.001, 3), "op")
                .with("Put");
        histogram.observe(1_000_000);
        histogram.observe(1_000_001);
        histogram.observe(9_000_000_000L);

        assertThat(registry.text()).isEqualTo("""
                # HELP h_seconds H.
                # TYPE h_seconds histogram
                h_seconds_bucket{op="Put",le="0.001"} 1
                h_seconds_bucket{op="Put",le="0.002"} 2
                h_seconds_bucket{op="Put",le="0.004"} 2
                h_seconds_bucket{op="Put",le="+Inf"} 3
                h_seconds_sum{op="Put"} 9.002000001
                h_seconds_count{op="Put"} 3
                """);
    }
}

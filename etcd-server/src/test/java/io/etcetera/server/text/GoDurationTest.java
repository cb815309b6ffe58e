package io.etcetera.server.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0s",
        "1ns, 1, 1ns",
        "1.5us, 1500, 1.5µs",
        "1.5µs, 1500, 1.5µs",
        "100ms, 100000000, 100ms",
        "1s, 1000000000, 1s",
        "1.5s, 1500000000, 1.5s",
        "90s, 90000000000, 1m30s",
        "10m, 600000000000, 10m0s",
        "1h5m, 3900000000000, 1h5m0s",
        "2h, 7200000000000, 2h0m0s",
        ".5h, 1800000000000, 30m0s",
        "1.h, 3600000000000, 1h0m0s",
        "-1m0.25s, -60250000000, -1m0.25s",
        "+5s, 5000000000, 5s"
    })
    void readsAndPrints(String text, long nanos, String printed) throws BadValueException {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
        assertThat(GoDuration.format(Duration.ofNanos(nanos))).isEqualTo(printed);
    }

    /** The messages are those of Go 1.26. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "foo; invalid duration \"foo\"",
                "h; invalid duration \"h\"",
                "1x; unknown unit \"x\" in duration \"1x\"",
                "1s 2s; unknown unit \"s \" in duration \"1s 2s\"",
                "1.5; missing unit in duration \"1.5\"",
                "1h2; missing unit in duration \"1h2\"",
                "-1; missing unit in duration \"-1\"",
                "''; invalid duration \"\"",
                "-; invalid duration \"-\"",
                ".s; invalid duration \".s\"",
                "1h.; invalid duration \"1h.\"",
                "10000000000h; invalid duration \"10000000000h\""
            })
    void refuses(String text, String message) {
        assertThatThrownBy(() -> GoDuration.parse(text))
                .isInstanceOf(BadValueException.class)
                .hasMessage("time: " + message);
    }
}

package io.etcetera.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.EtcdConfig.CompactionMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompactionRetentionTest {

    @Test
    void wholeNumbersAreHoursOrRevisions() {
        assertThat(CompactionRetention.parse(CompactionMode.PERIODIC, "5").amount())
                .isEqualTo(Duration.ofHours(5).toNanos());
        assertThat(CompactionRetention.parse(CompactionMode.REVISION, "5").amount())
                .isEqualTo(5);
        assertThat(CompactionRetention.parse(CompactionMode.PERIODIC, "0").isOn())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1h30m, 5400000", "0.5h, 1800000", "10s, 10000", ".5s, 500", "1.s, 1000", "-1m, -60000", "+2ms, 2"})
    void durationsAreThoseOfGo(String text, long millis) {
        assertThat(CompactionRetention.parse(CompactionMode.PERIODIC, text).amount())
                .isEqualTo(Duration.ofMillis(millis).toNanos());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "foo; invalid duration \"foo\"",
                "1x; unknown unit \"x\" in duration \"1x\"",
                "1.5; missing unit in duration \"1.5\"",
                "-1; missing unit in duration \"-1\"",
                "''; invalid duration \"\"",
                "-; invalid duration \"-\"",
                "1h.; invalid duration \"1h.\"",
                "9999999999999999999h; invalid duration \"9999999999999999999h\""
            })
    void errorsAreThoseOfGo(String text, String message) {
        assertThatThrownBy(() -> CompactionRetention.parse(CompactionMode.PERIODIC, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("error parsing CompactionRetention: time: " + message);
    }
}

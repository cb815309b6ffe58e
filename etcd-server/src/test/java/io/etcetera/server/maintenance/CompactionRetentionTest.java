package io.etcetera.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.EtcdConfig.CompactionMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    @Test
    void nothingIsOff() {
        assertThat(CompactionRetention.parse(CompactionMode.PERIODIC, "").isOn())
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(CompactionMode.class)
    void durationsCountNanosecondsInEitherMode(CompactionMode mode) {
        assertThat(CompactionRetention.parse(mode, "1h30m").amount())
                .isEqualTo(Duration.ofMinutes(90).toNanos());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "foo; invalid duration \"foo\"",
                "-5; missing unit in duration \"-5\"",
                "9999999999999999999h; invalid duration \"9999999999999999999h\"",
                "999999999999999999; invalid duration \"999999999999999999h\""
            })
    void errorsAreThoseOfEtcd(String text, String message) {
        assertThatThrownBy(() -> CompactionRetention.parse(CompactionMode.PERIODIC, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("error parsing CompactionRetention: time: " + message);
    }
}

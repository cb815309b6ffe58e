package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostNamesTest {
    @ParameterizedTest
    @CsvSource({
        "a.example, a.example, true",
        "A.example, a.EXAMPLE., true",
        "*.example, a.example, true",
        "*.example, a.b.example, false",
        "*.example, example, false",
        "*.example, .example, false",
        "a*.example, ab.example, false",
        "*, example, false",
        "a.example, b.example, false",
        "a.example, xa.example, false",
    })
    void matchesWholeLabels(String pattern, String host, boolean expected) {
        assertThat(HostNames.matches(pattern, host)).isEqualTo(expected);
    }
}

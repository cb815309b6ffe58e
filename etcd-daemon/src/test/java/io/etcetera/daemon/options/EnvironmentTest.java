package io.etcetera.daemon.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvironmentTest {
    private final Settings settings = new Settings();

    @Test
    void setsWhatTheCommandLineDidNot() throws Exception {
        FlagParser.parse(List.of("--data-dir=d"), settings);
        Environment.read(
                Map.of("ETCD_NAME", "a", "ETCD_ELECTION_TIMEOUT", "2000", "HOME", "/", "ETCD_WAL_DIR", ""), settings);

        assertThat(settings.get(Options.NAME)).isEqualTo("a");
        assertThat(settings.get(Options.ELECTION_TIMEOUT)).isEqualTo(2_000);
        assertThat(settings.isGiven(Options.WAL_DIR)).isFalse();
    }

    @Test
    void refusesWhatAFlagShadows() throws Exception {
        FlagParser.parse(List.of("--name=b"), settings);

        assertThatThrownBy(() -> Environment.read(Map.of("ETCD_NAME", "a"), settings))
                .isInstanceOf(Environment.ShadowedException.class);
    }

    @Test
    void namesTheVariableOfABadValue() {
        assertThatThrownBy(() -> Environment.read(Map.of("ETCD_ELECTION_TIMEOUT", "abc"), settings))
                .isInstanceOf(ConfigException.class)
                .hasMessage("invalid value \"abc\" for ETCD_ELECTION_TIMEOUT: parse error");
    }

    @Test
    void ignoresTheVersionVariable() throws Exception {
        Environment.read(Map.of("ETCD_VERSION", "true"), settings);

        assertThat(settings.get(Options.VERSION)).isFalse();
    }
}

package io.etcetera.daemon.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

final class ConfigFileTest {
    private static final Path SAMPLE = Path.of("../conf/etcd.yaml");

    @TempDir
    Path directory;

    private final Settings settings = new Settings();

    private void read(String yaml) throws IOException, ConfigException, ConfigFile.BadUrlException {
        Path file = directory.resolve("etcd.yaml");
        Files.writeString(file, yaml);
        ConfigFile.read(file.toString(), settings);
    }

    @Test
    void readsKeysInAnyCaseAndIgnoresUnknownOnes() throws Exception {
        read("""
                name: a
                Data-Dir: d
                backend-batch-interval: 100000000
                listen-client-urls: http://127.0.0.1:2,http://127.0.0.1:1
                log-outputs: [stderr, a.log]
                unsafe-no-fsync: true
                wal-dir:
                proxy: off
                client-transport-security:
                  Cert-File: c.pem
                """);

        assertThat(settings.get(Options.NAME)).isEqualTo("a");
        assertThat(settings.get(Options.DATA_DIR)).isEqualTo("d");
        assertThat(settings.get(Options.BACKEND_BATCH_INTERVAL)).isEqualTo(Duration.ofMillis(100));
        assertThat(settings.get(Options.LISTEN_CLIENT_URLS)).hasSize(2);
        assertThat(settings.get(LoggingOptions.LOG_OUTPUTS)).isEqualTo(List.of("a.log", "stderr"));
        assertThat(settings.get(Options.UNSAFE_NO_FSYNC)).isTrue();
        assertThat(settings.isDefault(Objects.requireNonNull(Options.find("cert-file"))))
                .isFalse();
    }

    @Test
    void readsJsonAndNothing() throws Exception {
        read("{\"name\": \"a\"}");
        assertThat(settings.get(Options.NAME)).isEqualTo("a");
        read("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "heartbeat-interval: abc | heartbeat-interval: cannot unmarshal string into a field of type uint",
                "heartbeat-interval: -5 | heartbeat-interval: cannot unmarshal number -5 into a field of type uint",
                "heartbeat-interval: 1.5 | heartbeat-interval: cannot unmarshal number 1.5 into a field of type uint",
                "backend-batch-interval: 100ms | backend-batch-interval: cannot unmarshal string into a field of type"
                        + " time.Duration",
                "log-outputs: stderr | log-outputs: cannot unmarshal string into a field of type []string",
                "name: 5 | name: cannot unmarshal number into a field of type string",
                "unsafe-no-fsync: 'true' | unsafe-no-fsync: cannot unmarshal string into a field of type bool",
            })
    void refusesOtherTypes(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessage("error unmarshaling JSON: while decoding JSON: json: " + message);
    }

    @Test
    void refusesWhatIsNoYaml() {
        assertThatThrownBy(() -> read("foo: ["))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("error converting YAML to JSON: yaml: line ");
        assertThatThrownBy(() -> read("!!binary {name: x}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("error converting YAML to JSON: yaml: a tag does not fit");
        assertThatThrownBy(() -> read("- a")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> read("peer-transport-security: 5"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("invalid peer-transport-security");
    }

    @Test
    void namesTheKeyOfABadUrl() {
        assertThatThrownBy(() -> read("listen-client-urls: foo"))
                .isInstanceOf(ConfigFile.BadUrlException.class)
                .hasMessage("unexpected error setting up listen-client-urls: "
                        + "URL scheme must be http, https, unix, or unixs: foo");
    }

    @Test
    void namesAMissingFile() {
        assertThatThrownBy(() -> ConfigFile.read("/nonexist", settings))
                .isInstanceOf(ConfigException.class)
                .hasMessage("open /nonexist: no such file or directory");
    }

    @Test
    void theSampleKeepsAllDefaults() throws Exception {
        ConfigFile.read(SAMPLE.toString(), settings);

        assertAllDefault();
        Validation.check(settings);
    }

    /** With the settings that are left out there: those begin with # and no space, or are indented. */
    @Test
    void theSampleShowsAllThatWorksWithItsDefault() throws Exception {
        String everything = Files.readString(SAMPLE).replaceAll("(?m)^#(?=[a-z]|  )", "");
        read(everything);

        assertAllDefault();
        Map<?, ?> root = new Yaml(new SafeConstructor(new LoaderOptions())).load(everything);
        assertThat(keys("", root))
                .containsExactlyInAnyOrderElementsOf(Options.table().stream()
                        .filter(option -> option.standing() == Option.Standing.BUILT)
                        .map(Option::yamlKey)
                        .filter(Objects::nonNull)
                        .toList());
    }

    private void assertAllDefault() {
        for (Option<?> option : Options.table()) {
            assertThat(settings.isDefault(option)).as(option.name()).isTrue();
        }
    }

    private static List<String> keys(String prefix, Map<?, ?> map) {
        return map.entrySet().stream()
                .flatMap(entry -> entry.getValue() instanceof Map<?, ?> nested
                        ? keys(prefix + entry.getKey() + ".", nested).stream()
                        : Stream.of(prefix + entry.getKey()))
                .toList();
    }
}

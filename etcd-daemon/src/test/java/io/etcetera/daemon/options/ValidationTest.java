package io.etcetera.daemon.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.ConsistencyChecks;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoDuration;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ValidationTest {
    private static Settings settings(String... arguments) throws FlagSyntaxException {
        Settings settings = new Settings();
        FlagParser.parse(Arrays.asList(arguments), settings);
        return settings;
    }

    @Test
    void theNameGoesIntoTheDefaultCluster() throws Exception {
        Settings settings = settings("--name=a", "--initial-advertise-peer-urls=http://127.0.0.1:2,http://127.0.0.1:1");
        Validation.complete(settings, Optional::empty);
        assertThat(settings.get(Options.INITIAL_CLUSTER)).isEqualTo("a=http://127.0.0.1:1,a=http://127.0.0.1:2");

        Settings unnamed = settings("--initial-advertise-peer-urls=http://127.0.0.1:2");
        Validation.complete(unnamed, Optional::empty);
        assertThat(unnamed.get(Options.INITIAL_CLUSTER)).isEqualTo("default=http://localhost:2380");

        Settings given = settings("--name=a", "--initial-cluster=b=http://127.0.0.1:1");
        Validation.complete(given, Optional::empty);
        assertThat(given.get(Options.INITIAL_CLUSTER)).isEqualTo("b=http://127.0.0.1:1");
    }

    @Test
    void whoListensEverywhereAdvertisesTheDefaultRoute() throws Exception {
        Settings settings = settings("--listen-peer-urls=http://0.0.0.0:2380");
        Validation.complete(settings, () -> Optional.of("192.0.2.2"));

        assertThat(EtcdUrls.format(settings.get(Options.INITIAL_ADVERTISE_PEER_URLS)))
                .isEqualTo("http://192.0.2.2:2380");
    }

    @Test
    void zeroMeansTheDefaultAndHugeIsCutToWhatFits() throws Exception {
        Settings settings =
                settings("--max-request-bytes=99999999999", "--snapshot-count=0", "--backend-batch-interval=0s");
        EtcdConfig.Builder builder = EtcdConfig.builder();
        Options.table().forEach(option -> option.applyTo(builder, settings));
        EtcdConfig config = builder.build();

        assertThat(config.maxRequestBytes()).isGreaterThan(2_000_000_000);
        assertThat(config.maxRequestBytes() + 512 * 1024).isPositive();
        assertThat(config.snapshotCount()).isEqualTo(10_000);
        assertThat(config.backendBatchInterval()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void defaultsAreThoseOfTheLibrary() throws Exception {
        Settings settings = settings("--data-dir=default.etcd");
        EtcdConfig.Builder builder = EtcdConfig.builder();
        Options.table().forEach(option -> option.applyTo(builder, settings));

        assertThat(builder.build()).isEqualTo(EtcdConfig.builder().build());
    }

    /** The messages are those that etcd 3.7.1 printed for these arguments, where it knows them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "--heartbeat-interval=0 | --heartbeat-interval must be >0 (set to 0ms)",
                "--election-timeout=0 | --election-timeout must be >0 (set to 0ms)",
                "--election-timeout=100 | --election-timeout[100ms] should be at least as 5 times as"
                        + " --heartbeat-interval[100ms]",
                "--election-timeout=60000 | --election-timeout[60000ms] is too long, and should be set less than 50000ms",
                "--auto-compaction-mode=foo | unknown auto-compaction-mode \"foo\"",
                "--auto-compaction-mode= | undefined auto-compaction-mode",
                "--listen-client-urls=http://example.com:1 | expected IP in URL for binding (http://example.com:1)",
                "--listen-client-urls=http://:2379 | expected IP in URL for binding (http://:2379)",
                "--feature-gates=LeaseCheckpointPersist=true | enabling feature gate LeaseCheckpointPersist requires enabling"
                        + " feature gate LeaseCheckpoint",
                "--discovery-fallback=proxy | v2 proxy is deprecated, and --discovery-fallback can't be configured as"
                        + " \"proxy\"",
                "--tls-min-version=TLS1.1 | unexpected TLS version \"TLS1.1\" (must be one of: TLS1.2, TLS1.3)",
                "--tls-max-version=tls1.3 | unexpected TLS version \"tls1.3\" (must be one of: TLS1.2, TLS1.3)",
                "--discovery-endpoints=http://a:1 | both --discovery-token and --discovery-endpoints must be set",
                "--discovery-token=a | both --discovery-token and --discovery-endpoints must be set",
                "--backend-batch-limit=-1 | --backend-batch-limit must be >=0 (set to -1)",
                "--compaction-sleep-interval=-1s | --compaction-sleep-interval must be >=0 (set to -1s)",
            })
    void refuses(String argument, String message) throws FlagSyntaxException {
        Settings settings = settings(argument);
        Validation.complete(settings, Optional::empty);
        assertThatThrownBy(() -> Validation.check(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void thereIsOneSourceOfTheFirstMembers() throws Exception {
        Settings alone = settings("--name=a", "--discovery-srv=example.com");
        Validation.complete(alone, Optional::empty);
        Validation.check(alone);
        assertThat(alone.get(Options.INITIAL_CLUSTER)).isEmpty();

        Settings both = settings("--discovery-srv=example.com", "--initial-cluster=default=http://localhost:2380");
        Validation.complete(both, Optional::empty);
        assertThatThrownBy(() -> Validation.check(both))
                .hasMessage("multiple discovery or bootstrap flags are set. Choose one of \"initial-cluster\","
                        + " \"discovery-endpoints\" or \"discovery-srv\"");
    }

    @Test
    void takesDefaultsOfWhatIsNotBuilt() throws Exception {
        Validation.check(
                settings("--pre-vote", "--enable-pprof=false", "--cors=*", "--max-wals=7", "--v2-deprecation=gone"));
    }

    @ParameterizedTest
    @CsvSource({
        "periodic, 0, 0s",
        "periodic, 5, 5h0m0s",
        "periodic, 5m, 5m0s",
        "revision, 1000, 1µs",
        "periodic, '', 0s"
    })
    void readsTheRetention(String mode, String text, String printed) throws Exception {
        Settings settings = settings("--auto-compaction-mode=" + mode, "--auto-compaction-retention=" + text);
        assertThat(GoDuration.format(Validation.retention(settings))).isEqualTo(printed);
    }

    @Test
    void refusesARetentionThatIsNone() throws Exception {
        Settings settings = settings("--auto-compaction-retention=foo");
        assertThatThrownBy(() -> Validation.retention(settings))
                .hasMessage("error parsing CompactionRetention: time: invalid duration \"foo\"");
    }

    @Test
    void findsTheDefaultRoute() {
        assertThat(DefaultHost.defaultDevice(java.util.List.of(
                        "Iface\tDestination\tGateway", "eth1\t0002000A\t00000000", "eth0\t00000000\t010200C0")))
                .contains("eth0");
    }

    @Test
    void allAlphaGatesTurnChecksOn() throws Exception {
        Settings settings = settings("--feature-gates=AllAlpha=true,InitialCorruptCheck=false");
        Validation.complete(settings, Optional::empty);
        Validation.check(settings);

        ConsistencyChecks checks = FeatureGates.consistencyChecks(settings);
        assertThat(checks.atStart()).isFalse();
        assertThat(checks.compactions()).isPresent();
    }
}

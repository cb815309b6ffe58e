package io.etcetera.daemon.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.text.EtcdUrls;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FlagParserTest {
    private final Settings settings = new Settings();

    private FlagParser.Outcome parse(String... arguments) throws FlagSyntaxException {
        return FlagParser.parse(List.of(arguments), settings);
    }

    @Test
    void takesOneOrTwoDashesAndValuesInBothForms() throws FlagSyntaxException {
        parse("-name", "a", "--data-dir=d=e", "--wal-dir", "-x");

        assertThat(settings.get(Options.NAME)).isEqualTo("a");
        assertThat(settings.get(Options.DATA_DIR)).isEqualTo("d=e");
        assertThat(settings.get(Options.WAL_DIR)).isEqualTo("-x");
    }

    @Test
    void takesTheLastOfSeveral() throws FlagSyntaxException {
        parse("--name=a", "--name=b");

        assertThat(settings.get(Options.NAME)).isEqualTo("b");
    }

    @Test
    void switchesStandAloneAndNeverTakeTheNextArgument() throws FlagSyntaxException {
        FlagParser.Outcome outcome = parse("--unsafe-no-fsync", "false", "--name=a");

        assertThat(settings.get(Options.UNSAFE_NO_FSYNC)).isTrue();
        assertThat(outcome.positional()).containsExactly("false", "--name=a");
        assertThat(settings.isGiven(Options.NAME)).isFalse();
    }

    @Test
    void endsAtTwoDashes() throws FlagSyntaxException {
        assertThat(parse("--name=a", "--", "--name=b").positional()).containsExactly("--name=b");
        assertThat(settings.get(Options.NAME)).isEqualTo("a");
    }

    @Test
    void ignoresLeftoversOfOldReleases() throws FlagSyntaxException {
        assertThat(parse("--snapshot=5", "-v", "--test.coverprofile=x").positional())
                .isEmpty();
        assertThat(parse("--snapshot", "5").positional()).containsExactly("5");
    }

    @Test
    void asksForHelp() throws FlagSyntaxException {
        assertThat(parse("-h").helpWanted()).isTrue();
        assertThat(parse("--help").helpWanted()).isTrue();
        assertThat(parse("--name=h").helpWanted()).isFalse();
    }

    @Test
    void readsNumbersAsGoDoes() throws FlagSyntaxException {
        parse(
                "--max-txn-ops=010",
                "--max-concurrent-streams=0x10",
                "--heartbeat-interval=1_00",
                "--quota-backend-bytes=-1");
        assertThat(settings.get(Options.MAX_TXN_OPS)).isEqualTo(8);
        assertThat(settings.get(Options.MAX_CONCURRENT_STREAMS)).isEqualTo(16);
        assertThat(settings.get(Options.HEARTBEAT_INTERVAL)).isEqualTo(100);
        assertThat(settings.get(Options.QUOTA_BACKEND_BYTES)).isEqualTo(-1);

        parse("--snapshot-count=18446744073709551615", "--max-txn-ops=0", "--watch-progress-notify-interval=1.5s");
        assertThat(settings.get(Options.SNAPSHOT_COUNT)).isEqualTo(Long.MAX_VALUE);
        assertThat(settings.get(Options.MAX_TXN_OPS)).isZero();
        assertThat(settings.get(Options.WATCH_PROGRESS_NOTIFY_INTERVAL)).isEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void sortsUrlsAndKeepsTheDefaultForAnEmptyList() throws FlagSyntaxException {
        parse("--listen-client-urls=http://127.0.0.1:2, http://127.0.0.1:1,http://127.0.0.1:2", "--listen-peer-urls=");

        assertThat(EtcdUrls.format(settings.get(Options.LISTEN_CLIENT_URLS)))
                .isEqualTo("http://127.0.0.1:1,http://127.0.0.1:2");
        assertThat(EtcdUrls.format(settings.get(Options.LISTEN_PEER_URLS))).isEqualTo("http://localhost:2380");
        assertThat(settings.isGiven(Options.LISTEN_PEER_URLS)).isTrue();
    }

    /** The messages are those that etcd 3.7.1 printed for these arguments. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "--nosuch | flag provided but not defined: -nosuch",
                "--experimental-foo=1 | flag provided but not defined: -experimental-foo",
                "--name | flag needs an argument: -name",
                "---foo | bad flag syntax: ---foo",
                "-=x | bad flag syntax: -=x",
                "--max-txn-ops=x | invalid value \"x\" for flag -max-txn-ops: parse error",
                "--heartbeat-interval=-1 | invalid value \"-1\" for flag -heartbeat-interval: parse error",
                "--backend-batch-limit=1x | invalid value \"1x\" for flag -backend-batch-limit: parse error",
                "--quota-backend-bytes=99999999999999999999 | invalid value \"99999999999999999999\" for flag"
                        + " -quota-backend-bytes: value out of range",
                "--max-concurrent-streams=5000000000 | invalid value \"5000000000\" for flag -max-concurrent-streams:"
                        + " strconv.ParseUint: parsing \"5000000000\": value out of range",
                "--pre-vote=maybe | invalid boolean value \"maybe\" for -pre-vote: parse error",
                "--grpc-keepalive-min-time=5 | invalid value \"5\" for flag -grpc-keepalive-min-time: parse error",
                "--initial-cluster-state=foo | invalid value \"foo\" for flag -initial-cluster-state: invalid value",
                "--listen-client-urls=foo | invalid value \"foo\" for flag -listen-client-urls: URL scheme must be http,"
                        + " https, unix, or unixs: foo",
                "--listen-client-urls=http://127.0.0.1 | invalid value \"http://127.0.0.1\" for flag"
                        + " -listen-client-urls: URL address does not have the form \"host:port\": http://127.0.0.1",
                "--listen-client-urls=http://127.0.0.1:2379/foo | invalid value \"http://127.0.0.1:2379/foo\" for flag"
                        + " -listen-client-urls: URL must not contain a path: http://127.0.0.1:2379/foo",
                "--listen-client-urls=127.0.0.1:2379 | invalid value \"127.0.0.1:2379\" for flag -listen-client-urls:"
                        + " parse \"127.0.0.1:2379\": first path segment in URL cannot contain colon",
                "--listen-client-urls=http://localhost:abc | invalid value \"http://localhost:abc\" for flag"
                        + " -listen-client-urls: parse \"http://localhost:abc\": invalid port \":abc\" after host",
            })
    void refusesInTheWordsOfEtcd(String argument, String message) {
        assertThatThrownBy(() -> parse(argument))
                .isInstanceOf(FlagSyntaxException.class)
                .hasMessage(message);
    }

    @Test
    void knowsAllFlagsOfEtcd() {
        long registered = Options.table().stream()
                .filter(option -> option.standing() != Option.Standing.IGNORED)
                .count();
        assertThat(registered).isEqualTo(113);
        assertThat(Arrays.asList("cert-file", "feature-gates", "peer-auto-tls", "config-file", "version"))
                .allMatch(name -> Options.find(name) != null);
    }
}

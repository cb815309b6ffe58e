package io.etcetera.daemon.utl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines, help and errors, as stock etcdutl 3.7.1 has them. */
class EtcdUtlTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();

    private Console console(boolean terminal) {
        return new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                nanos::get);
    }

    private int run(String... words) {
        return EtcdUtl.run(List.of(words), console(false));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aCommandIsFoundByItsBeginningAndFlagsMayStandAnywhere() {
        assertThat(run("-w", "json", "vers")).isZero();
        assertThat(out()).isEqualTo("etcdutl version: 3.7.1\nAPI version: 3.7\n");
    }

    @Test
    void helpOfACommandIsLaidOutAsEtcds() {
        assertThat(run("snapshot", "status", "--help")).isZero();
        assertThat(out()).isEqualTo("""
                        Usage:
                          etcdutl snapshot status <filename> [flags]

                        Flags:
                          -h, --help   help for status

                        Global Flags:
                              --timeout duration   time to wait to obtain a file lock on db file, 0 to block indefinitely (default 10s)
                          -w, --write-out string   set the output format (fields, json, protobuf, simple, table) (default "simple")
                        """);
    }

    @Test
    void helpOfAGroupListsItsCommands() {
        assertThat(run("help", "snapshot")).isZero();
        assertThat(out())
                .startsWith("""
                        Usage:
                          etcdutl snapshot [command]

                        Available Commands:
                          restore     Restores an etcd member snapshot to an etcd directory
                          status      Gets backend snapshot status of a given file

                        Flags:
                          -h, --help   help for snapshot

                        Global Flags:
                        """)
                .endsWith("\nUse \"etcdutl snapshot [command] --help\" for more information about a command.\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    snapshot status                                     | 128 | snapshot status requires exactly one argument
                    snapshot restore                                    | 128 | snapshot restore requires exactly one argument
                    snapshot restore f --bump-revision 5                | 128 | --mark-compacted required if --revision-bump > 0
                    snapshot status /none                               | 1   | stat /none: no such file or directory
                    snapshot status / -w xml                            | 1   | / is a directory; name a file
                    hashkv                                              | 1   | accepts 1 arg(s), received 0
                    defrag                                              | 1   | required flag(s) "data-dir" not set
                    defrag --data-dir=/none                             | 1   | Failed to defragment etcd data[/none] (stat /none/member/snap/store.mdb: no such file or directory)
                    snapshot status --foo                               | 1   | unknown flag: --foo
                    snapshot status -x                                  | 1   | unknown shorthand flag: 'x' in -x
                    snapshot status -w                                  | 1   | flag needs an argument: 'w' in -w
                    snapshot restore f --mark-compacted=maybe           | 1   | invalid argument "maybe" for "--mark-compacted" flag: strconv.ParseBool: parsing "maybe": invalid syntax
                    snapshot restore f --bump-revision=-1               | 1   | invalid argument "-1" for "--bump-revision" flag: strconv.ParseUint: parsing "-1": invalid syntax
                    hashkv f --rev 99999999999999999999                 | 1   | invalid argument "99999999999999999999" for "--rev" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range
                    snapshot restore /                                  | 1   | / is a directory; name a file
                    snapshot restore f --initial-cluster x=nonsense     | 1   | URL scheme must be http, https, unix, or unixs: nonsense
                    snapshot restore f --name x                         | 1   | couldn't find local name "x" in the initial cluster configuration
                    foo                                                 | 1   | unknown command "foo" for "etcdutl"
                    completion foo                                      | 1   | invalid argument "foo" for "etcdutl completion"
                    """)
    void errorsAndStatusesAreEtcds(String line, int status, String message) {
        assertThat(run(line.split(" "))).isEqualTo(status);
        assertThat(err()).startsWith("Error: " + message + "\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void aWrongCommandLineShowsTheUsage() {
        run("snapshot", "status", "--foo");

        assertThat(err())
                .startsWith("Error: unknown flag: --foo\nUsage:\n  etcdutl snapshot status <filename> [flags]\n")
                .endsWith("\n\nError: unknown flag: --foo\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish", "powershell"})
    void completionsKnowAllCommandsAndFlags(String shell) {
        assertThat(run("completion", shell)).isZero();
        assertThat(out()).contains("etcdutl", "snapshot", "--skip-hash-check", "--write-out", "hashkv");
    }

    @Test
    void longWorkShowsItsProgress() {
        Progress lines = console(false).progress("reading f", 10_000_000);
        lines.accept(1);
        nanos.set(TimeUnit.SECONDS.toNanos(5));
        lines.accept(5_000_000);
        lines.close();

        assertThat(err().strip()).isEqualTo("reading f: 5.0 MB of 10 MB, 1.0 MB/s, 5s left");
    }

    @Test
    void onATerminalProgressIsOneLineThatGoes() {
        Progress line = console(true).progress("reading f", 10_000_000);
        nanos.set(TimeUnit.SECONDS.toNanos(2));
        line.accept(5_000_000);
        line.close();

        String shown = "reading f: 5.0 MB of 10 MB, 2.5 MB/s, 2s left";
        assertThat(err()).isEqualTo("\r" + shown + "\r" + " ".repeat(shown.length()) + "\r");
    }
}

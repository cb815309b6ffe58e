package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.Certificates;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.server.testing.cluster.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of TLS and rejected clients: this server says of them what stock etcd says, and ends as it does. */
class TlsIT {
    private static final Pattern LAST_WORDS =
            Pattern.compile("\"level\":\"(?:fatal|warn)\".*\"msg\":\"([^\"]*)\",\"error\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern REJECTION = Pattern.compile(
            "\"msg\":\"rejected connection on client endpoint\".*\"server-name\":(\".*\"error\":\".*\")}");
    /** A client that has run out of time in the middle of a handshake. */
    private static final Pattern HUNG_UP = Pattern.compile("\"error\":\"(EOF|.*(connection reset|broken pipe).*)\"");

    private static final long EXIT_SECONDS = 120;

    @TempDir
    static Path directory;

    private static Certificates certificates;

    private int runs;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = Certificates.in(directory.resolve("pki"));
    }

    private static String[] flags(String text) {
        return Arrays.stream(text.split(" "))
                .map(flag -> flag.replace("@", certificates.file("")))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--cert-file=@server.crt",
                "--cert-file=@nope.crt --key-file=@server.key",
                "--cert-file=@server.crt --key-file=@nope.key",
                "--cert-file=@server.crt --key-file=@client.key",
                "--cert-file=@server.crt --key-file=@server.crt",
                "--cert-file=@server.key --key-file=@server.key",
                "--cert-file=@crl.der --key-file=@server.key",
                "--cert-file=@server.crt --key-file=@server-encrypted.key",
                "--cert-file=@server.crt --key-file=@server.key --client-cert-file=@client.crt",
                "--cert-file=@server.crt --key-file=@server.key --trusted-ca-file=@nope",
                "--cert-file=@server.crt --key-file=@server.key --cipher-suites=FOO",
                "--cert-file=@server.crt --key-file=@server.key --cipher-suites=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "--cert-file=@server.crt --key-file=@server.key --tls-min-version=TLS1.1",
                "--cert-file=@server.crt --key-file=@server.key --tls-min-version=TLS1.3 --tls-max-version=TLS1.2",
                "--cert-file=@server.crt --key-file=@server.key --tls-min-version=TLS1.3 --cipher-suites=FOO",
                "--peer-cert-file=@server.crt",
                "--peer-cert-file=@nope --peer-key-file=@server.key",
                "--peer-cert-file=@server.crt --peer-key-file=@server.key --peer-cert-allowed-cn=a,b"
                        + " --peer-cert-allowed-hostname=c",
                "--listen-client-urls=https://127.0.0.1:0",
                "--listen-peer-urls=https://127.0.0.1:0",
            })
    void refusesTheSame(String text) throws Exception {
        assertThat(lastWords(Tools.ourEtcd(), text)).isEqualTo(lastWords(Tools.stock("etcd"), text));
    }

    private String lastWords(Path program, String text) throws IOException, InterruptedException {
        Path place = directory.resolve("run" + runs++);
        try (ServerProcess server = ServerProcess.launchOnly(program, place, flags(text))) {
            int status = server.awaitExit(EXIT_SECONDS);
            List<MatchResult> words = LAST_WORDS.matcher(server.log()).results().toList();
            assertThat(words).as(server.log()).isNotEmpty();
            MatchResult last = words.get(words.size() - 1);
            return status + " " + last.group(1) + ": " + last.group(2).replaceAll("127\\.0\\.0\\.1:[0-9]+", "ADDRESS");
        }
    }

    @Test
    void saysTheSameOfRejectedClients() throws Exception {
        assertThat(rejections(Tools.ourEtcd())).isEqualTo(rejections(Tools.stock("etcd")));
    }

    /** What the log has of clients that are not let in, one after the other. */
    private List<String> rejections(Path program) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(List.of(certificates.mutualFlags()));
        flags.add("--client-crl-file=" + certificates.file("crl.der"));
        List<String> rejections = new ArrayList<>();
        try (ServerProcess server =
                ServerProcess.start(program, directory.resolve("run" + runs++), flags.toArray(String[]::new))) {
            assertThat(etcdctl(server, "ca", "client", "--command-timeout=60s")).contains("OK");
            for (String name : List.of("foreign", "expired", "server-only", "revoked")) {
                rejections.add(rejection(server, "ca", name));
            }
            rejections.add(rejection(server, "other-ca", "client"));
        }
        return rejections;
    }

    private static String etcdctl(ServerProcess server, String ca, String client, String... extraFlags)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Tools.stock("etcdctl").toString(),
                "--endpoints=" + server.clientUrl(),
                "--cacert=" + certificates.file(ca + ".crt"),
                "--cert=" + certificates.file(client + ".crt"),
                "--key=" + certificates.file(client + ".key"),
                "put",
                "a",
                "b"));
        command.addAll(List.of(extraFlags));
        return ServerProcess.run(directory, List.of(), command.toArray(String[]::new));
    }

    /** How the last attempt of a client was rejected that is not let in. It gives up between its third and its fourth. */
    private static String rejection(ServerProcess server, String ca, String client)
            throws IOException, InterruptedException {
        int before = rejectionsIn(server.log()).size();
        etcdctl(server, ca, client, "--command-timeout=3600ms");
        // The log may be behind what clients get to know.
        return Await.value("a rejection of " + client, Duration.ofMinutes(1), () -> {
            List<String> all = rejectionsIn(logOf(server));
            return all.size() > before ? Optional.of(all.get(all.size() - 1)) : Optional.empty();
        });
    }

    private static String logOf(ServerProcess server) {
        try {
            return server.log();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> rejectionsIn(String log) {
        return REJECTION
                .matcher(log)
                .results()
                .map(result -> result.group(1).replaceAll("current time \\S+", "current time NOW"))
                .filter(rejection -> !HUNG_UP.matcher(rejection).find())
                .toList();
    }
}

package io.etcetera.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process from outside. The expected texts are those of etcd 3.7.1. */
final class DaemonProcessTest {
    @TempDir
    Path directory;

    private ProcessRun run(String... arguments) throws IOException, InterruptedException {
        return ProcessRun.daemon(directory, Map.of(), arguments);
    }

    @Test
    void printsItsVersion() throws Exception {
        ProcessRun run = run("--version");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .matches("etcd Version: 3\\.7\\.1\nGit SHA: .+\nGo Version: .+\nGo OS/Arch: linux/[a-z0-9]+\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void printsHelp() throws Exception {
        ProcessRun run = run("--help");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("--listen-client-urls 'http://localhost:2379'");
        assertThat(run.err()).startsWith("Usage:\n\n  etcd [flags]\n");
    }

    @Test
    void anUnknownFlagIsMisuse() throws Exception {
        ProcessRun run = run("--nosuch");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("flag provided but not defined: -nosuch\nUsage:\n\n  etcd [flags]\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aBadValueIsMisuse() throws Exception {
        ProcessRun run = run("--max-snapshots=x");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.firstError()).isEqualTo("invalid value \"x\" for flag -max-snapshots: parse error");
    }

    @Test
    void aBadLogLevelPanics() throws Exception {
        ProcessRun run = run("--log-level=foo");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.firstError()).isEqualTo("panic: unrecognized level: \"foo\"");
    }

    @Test
    void aPositionalArgumentIsRefused() throws Exception {
        ProcessRun run = run("foo");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.firstError()).contains("\"msg\":\"Running: \",\"args\":[\"etcd\",\"foo\"]");
        assertThat(run.lastError())
                .startsWith("{\"level\":\"warn\",\"ts\":\"")
                .endsWith("\"msg\":\"failed to verify flags\",\"error\":\"\\\"foo\\\" is not a valid flag\"}");
    }

    @Test
    void saysWhyEvenIfOnlyErrorsAreLogged() throws Exception {
        ProcessRun run = run("--log-level=fatal", "--heartbeat-interval=0");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lastError())
                .endsWith(
                        "\"msg\":\"failed to verify flags\",\"error\":\"--heartbeat-interval must be >0 (set to 0ms)\"}");
    }

    @Test
    void leavesTheGrpcProxyOut() throws Exception {
        ProcessRun run = run("grpc-proxy", "start");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("etcd grpc-proxy is left out of this server");
    }

    @Test
    void wantsClientUrlsAdvertised() throws Exception {
        ProcessRun run = run("--listen-client-urls=http://127.0.0.1:0");

        String error = "\"error\":\"--advertise-client-urls is required when --listen-client-urls is set explicitly\"}";
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("\"msg\":\"failed to verify flags\"," + error);
        assertThat(run.lastError()).endsWith("\"msg\":\"advertise client URLs are not set\"," + error);
    }

    @Test
    void aVariableMayNotBeShadowed() throws Exception {
        ProcessRun run = ProcessRun.daemon(directory, Map.of("ETCD_NAME", "a"), "--name=b");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lastError())
                .startsWith("{\"level\":\"fatal\"")
                .contains(
                        "\"msg\":\"conflicting environment variable is shadowed by corresponding command-line flag (either"
                                + " unset environment variable or disable flag))\",\"environment-variable\":\"ETCD_NAME\"");
    }

    @Test
    void saysWhichVariablesItUsed() throws Exception {
        Map<String, String> variables =
                Map.of("ETCD_NAME", "a", "ETCD_FOO", "1", "ETCD_JAVA_OPTS", "-Xmx1g", "ETCD_ELECTION_TIMEOUT", "1");
        ProcessRun run = ProcessRun.daemon(directory, variables);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("\"msg\":\"recognized and used environment variable\",\"variable-name\":\"ETCD_NAME\","
                        + "\"variable-value\":\"a\"}")
                .contains("\"msg\":\"unrecognized environment variable\",\"environment-variable\":\"ETCD_FOO=1\"}")
                .doesNotContain("JAVA_OPTS");
    }

    @Test
    void aFileForADataDirectoryIsOneLine() throws Exception {
        Files.createFile(directory.resolve("d"));
        ProcessRun run = run("--data-dir=d", "--log-format=console");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "\tfailed to list data directory\t{\"dir\": \"d\", \"error\": \"readdirent d: not a directory\"}\n");
    }

    @Test
    void aDataDirectoryThatCannotBeMadeIsOneLine() throws Exception {
        ProcessRun run = run("--data-dir=/proc/nope");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lastError())
                .contains("\"msg\":\"discovery failed\",\"error\":\"cannot access data directory: mkdir /proc/nope: ");
    }

    @Test
    void readsTheFileAndNothingElse() throws Exception {
        Files.writeString(directory.resolve("c.yaml"), "name: a\nauto-compaction-retention: foo\n");
        ProcessRun run = ProcessRun.daemon(
                directory, Map.of("ETCD_NAME", "b", "ETCD_FOO", "1"), "--config-file=c.yaml", "--name=c");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("\"path\":\"c.yaml\"")
                .contains("\"data-dir\":\"a.etcd\"")
                .doesNotContain("variable-name")
                .doesNotContain("ETCD_FOO");
        assertThat(run.lastError())
                .contains("\"msg\":\"discovery failed\","
                        + "\"error\":\"error parsing CompactionRetention: time: invalid duration \\\"foo\\\"\"");
    }
}

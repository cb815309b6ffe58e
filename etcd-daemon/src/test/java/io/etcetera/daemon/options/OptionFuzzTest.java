package io.etcetera.daemon.options;

import io.etcetera.daemon.YamlConfig;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options as nobody would write them: taken, or refused with a message and no stack trace. */
class OptionFuzzTest {
    @TempDir
    private Path directory;

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void configurationFiles() throws IOException {
        Path file = directory.resolve("etcd.yaml");
        String plain = """
                name: m1
                data-dir: /tmp/none
                heartbeat-interval: 50
                election-timeout: 500
                listen-client-urls: http://127.0.0.1:0,http://[::1]:2379
                advertise-client-urls: http://127.0.0.1:0
                quota-backend-bytes: 8589934592
                auto-compaction-retention: "1h"
                client-transport-security:
                  cert-file: a.crt
                  key-file: a.key
                  client-cert-auth: true
                cors: "*"
                log-outputs: [stderr]
                """;
        Fuzz.of("configuration files")
                .samples(plain, "{}", "# nothing\n")
                .words("&a ", "*a", "<<: *a\n", "- ", ": ", "? ", "| ", "> ", "!!binary ", "!!java.net.URL [x]")
                .words("---\n", "{", "}", "[", "]", "~", "null", "0x7fffffffffffffff", "1e400", ".inf", ".nan")
                .words("2001-01-01", "\t", "peer-transport-security:\n", "initial-cluster: ")
                .past(bytes("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n"))
                .past(bytes("[".repeat(3_000)))
                .past(bytes("&a {x: *a}\n"), bytes("cors: &a [[*a]]\n"))
                .maxBytes(8_000)
                .allocating(16 << 20, 5_000)
                .refusing(IllegalArgumentException.class)
                .run(content -> {
                    Files.write(file, content);
                    YamlConfig.read(file);
                });
    }

    /** Arguments are parted by zeros, as in {@code /proc}. */
    @Test
    void commandLines() {
        Fuzz.of("command lines")
                .samples(
                        "--name\0m1\0--listen-client-urls=http://127.0.0.1:2379\0--pre-vote\0--max-txn-ops=5",
                        "--initial-cluster=a=http://a:1,b=http://b:2\0--auto-compaction-retention=5\0--\0x",
                        "--enable-pprof=true\0--log-outputs=stderr,stdout\0-h")
                .words("\0", "--", "=", "-h", "--version", "true", "9223372036854775808", "-1", "1e3", ",")
                .words("--config-file\0")
                .maxBytes(4_000)
                .allocating(8 << 20, 2_000)
                .refusing(FlagSyntaxException.class)
                .run(line -> FlagParser.parse(List.of(text(line).split("\0", -1)), new Settings()));
    }

    @Test
    void variables() {
        Fuzz.of("environment variables")
                .samples("ETCD_NAME\0m1", "ETCD_LISTEN_PEER_URLS\0http://10.0.0.1:2380", "ETCD_MAX_TXN_OPS\0" + "7")
                .words("ETCD_", "\0", "true", "-1", "http://", "ETCD_QUOTA_BACKEND_BYTES\0")
                .maxBytes(1_000)
                .allocating(8 << 20, 2_000)
                .refusing(ConfigException.class, Environment.ShadowedException.class)
                .run(variable -> {
                    String[] parts = text(variable).split("\0", 2);
                    Environment.read(Map.of(parts[0], parts.length > 1 ? parts[1] : ""), new Settings());
                });
    }
}

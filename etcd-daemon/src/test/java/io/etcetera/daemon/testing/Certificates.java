package io.etcetera.daemon.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The certificates that the tests of the server make, too, in a directory of their own. */
public final class Certificates {
    private static final Path SCRIPT = Path.of("..", "etcd-server", "src", "test", "resources", "pki", "make.sh");

    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    public static Certificates in(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        String script = SCRIPT.toAbsolutePath().normalize().toString();
        assertThat(ServerProcess.run(directory, List.of(), "sh", script)).isEmpty();
        return new Certificates(directory);
    }

    public String file(String name) {
        return directory.resolve(name).toString();
    }

    /** What a server takes that asks its clients for certificates. */
    public String[] mutualFlags() {
        return new String[] {
            "--cert-file=" + file("server.crt"),
            "--key-file=" + file("server.key"),
            "--trusted-ca-file=" + file("ca.crt"),
            "--client-cert-auth"
        };
    }

    /** What etcdctl needs in its environment to be let in there, and the time for a handshake on a busy machine. */
    public List<String> etcdctlEnvironment() {
        return List.of(
                "ETCDCTL_DIAL_TIMEOUT=60s",
                "ETCDCTL_COMMAND_TIMEOUT=60s",
                "ETCDCTL_CACERT=" + file("ca.crt"),
                "ETCDCTL_CERT=" + file("client.crt"),
                "ETCDCTL_KEY=" + file("client.key"));
    }
}

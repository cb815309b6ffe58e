package io.etcetera.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A run for the JVM to see which classes a member needs: starts one in a temporary directory, and stops it as soon as it serves.
 * Run by {@code lib/make-archive.sh}, under a JVM that archives its classes when it ends.
 */
public final class ArchiveTraining {
    private ArchiveTraining() {}

    /** Runs it; does not return. The status tells whether the member started. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("etcd-archive");
        int status;
        try {
            status = run(directory);
        } finally {
            delete(directory);
        }
        System.exit(status);
    }

    private static int run(Path directory) {
        Daemon[] daemon = new Daemon[1];
        MemberStarter starter = (config, onFailure) -> {
            RunningMember member = EtcdMember.start(config, onFailure);
            daemon[0].stop(new Daemon.Stop.Signalled(Signals.Kind.TERM));
            return member;
        };
        daemon[0] = new Daemon(starter, Map.of(), System.out, System.err);
        List<String> arguments = List.of(
                "--name=training",
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=http://127.0.0.1:0",
                "--advertise-client-urls=http://127.0.0.1:2379",
                "--listen-peer-urls=http://127.0.0.1:0",
                "--log-outputs=" + directory.resolve("log"));
        return daemon[0].run(arguments, kind -> {});
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}

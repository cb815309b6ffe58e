package io.etcetera.daemon.acceptance;

import io.etcetera.daemon.testing.Tools;
import io.etcetera.server.net.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A copy of the distribution's conf/ in which every port is a free one, and every directory of the system one of the test's. Beside
 * it is bin/etcd.
 */
final class RelocatedConf implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("(:|containerPort: )(\\d{4,5})\\b");

    private final Path directory;
    private final FreePorts free = new FreePorts();
    private final Map<Integer, Integer> ports = new TreeMap<>();

    RelocatedConf(Path directory) throws IOException {
        this.directory = directory;
        Path dist = Tools.dist();
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("etcd"), Tools.ourEtcd());
        try (var files = Files.walk(dist.resolve("conf"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = directory.resolve(dist.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, relocated(Files.readString(file)));
            }
        }
    }

    /** The text with other ports and places; the node's address is another one of this machine. */
    String relocated(String text) {
        return PORT.matcher(text)
                .replaceAll(match -> match.group(1) + port(Integer.parseInt(match.group(2))))
                .replace("10.0.0.1", "127.0.0.2")
                .replace("/usr/bin/etcd", directory.resolve("bin/etcd").toString())
                .replace("/etc/default/etcd", directory.resolve("default").toString())
                .replace("/etc/kubernetes/pki/etcd", directory.resolve("pki").toString())
                .replace("/var/lib/etcd", directory.resolve("data").toString());
    }

    /** The port in the place of this one. */
    int port(int original) {
        return ports.computeIfAbsent(original, port -> free.next());
    }

    Path place(String file) {
        return directory.resolve("conf").resolve(file);
    }

    /** The lines of a file that are no comments. */
    List<String> settings(String file) throws IOException {
        return Files.readAllLines(place(file)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    @Override
    public void close() {
        free.close();
    }
}

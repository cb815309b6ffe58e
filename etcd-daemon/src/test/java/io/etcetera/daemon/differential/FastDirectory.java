package io.etcetera.daemon.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory, in memory where the system has such a place, so that no run waits for a disk to sync. */
final class FastDirectory implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path path;

    private FastDirectory(Path path) {
        this.path = path;
    }

    static FastDirectory create(String prefix) throws IOException {
        return new FastDirectory(
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, prefix)
                        : Files.createTempDirectory(prefix));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(path)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}

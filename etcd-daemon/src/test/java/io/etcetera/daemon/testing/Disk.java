package io.etcetera.daemon.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where a process keeps its data. A small one, which only root can have, can be filled up. */
final class Disk implements AutoCloseable {
    /** What a member preallocates, and a little more. */
    private static final int SMALL_MEGABYTES = 512;

    private static final int CHUNK_BYTES = 1 << 20;

    private final Path directory;
    private final boolean small;

    private Disk(Path directory, boolean small) {
        this.directory = directory;
        this.small = small;
    }

    /** A directory on whatever disk that is. */
    static Disk shared(Path directory) throws IOException {
        return new Disk(Files.createDirectories(directory), false);
    }

    /** A file system of its own, in memory. */
    static Disk small(Path directory) throws IOException {
        Files.createDirectories(directory);
        Shell.run("mount -t tmpfs -o size=" + SMALL_MEGABYTES + "m none " + directory);
        return new Disk(directory, true);
    }

    Path data() {
        return directory.resolve("data");
    }

    boolean canBeFilled() {
        return small;
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    /** Whether {@link #fill} has been called, and {@link #free} has not been since. */
    boolean isFilled() {
        return Files.exists(ballast());
    }

    /** Takes all the space that is left. */
    void fill() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(chunk);
            }
        } catch (IOException full) {
            // As intended: there is no other way to know.
            if (Files.exists(ballast())) {
                return;
            }
            throw new UncheckedIOException(full);
        }
    }

    /** Gives the space back. */
    void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the data. */
    void wipe() {
        if (!Files.exists(data())) {
            return;
        }
        try (Stream<Path> files = Files.walk(data())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (small) {
            Shell.run("umount " + directory);
        }
    }
}

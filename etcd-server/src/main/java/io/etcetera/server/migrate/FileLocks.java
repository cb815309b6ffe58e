package io.etcetera.server.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Finds out whether a Go etcd runs: it locks its files by {@code flock}, which Java's own locks do not meet. Linux lists such locks; on
 * other systems, and of processes in other containers, nothing is found.
 */
final class FileLocks {
    private static final Path LIST = Path.of("/proc/locks");

    private FileLocks() {}

    /** @throws MigrationException if a process has the file locked */
    static void refuseIfLocked(Path directory, Path file) throws IOException {
        if (Files.isReadable(LIST) && Files.exists(file) && isLocked(file)) {
            throw new MigrationException(
                    "a Go etcd is running on " + directory + " (" + file + " is locked); stop it first");
        }
    }

    private static boolean isLocked(Path file) throws IOException {
        long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
        long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
        long major = (device >>> 8) & 0xfff;
        long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
        String name = String.format(Locale.ROOT, "%02x:%02x:%d", major, minor, inode);
        return Files.readString(LIST, StandardCharsets.UTF_8)
                .lines()
                .anyMatch(line -> line.contains("FLOCK") && line.contains(" " + name + " "));
    }
}

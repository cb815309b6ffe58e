package io.etcetera.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.cluster.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-11-21T22:15:29.123456Z");

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneId.of("Asia/Kolkata");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody needs another zone");
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private Path log() {
        return directory.resolve("logs/etcd.log");
    }

    private RotatingFile open(LogRotation rotation) throws IOException {
        return RotatingFile.open(log(), rotation, clock);
    }

    private static byte[] line(int length, char filling) {
        return (String.valueOf(filling).repeat(length - 1) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Closing waits for housekeeping, but not for ever. */
    private void awaitFiles(String... expected) {
        List<String> wanted = List.of(expected);
        Await.until("the files to be " + wanted, Duration.ofMinutes(1), () -> files().equals(wanted));
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(log().getParent())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void putsAFileAsideThatWouldGrowTooLarge() throws Exception {
        try (RotatingFile file = open(new LogRotation(1, 0, 0, false, false))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log())))
                    .isEqualTo("rw-------");
            Files.setPosixFilePermissions(log(), PosixFilePermissions.fromString("rw-r-----"));
            file.write(line(MEGABYTE, 'a'));
            assertThat(files()).containsExactly("etcd.log");
            file.write(line(10, 'b'));
            file.write(line(MEGABYTE, 'c'));
        }
        assertThat(files())
                .containsExactly("etcd-2026-11-21T22-15-29.123.log", "etcd-2026-11-21T22-15-29.124.log", "etcd.log");
        assertThat(Files.readAllBytes(log().resolveSibling("etcd-2026-11-21T22-15-29.124.log")))
                .isEqualTo(line(10, 'b'));
        assertThat(Files.readAllBytes(log())).isEqualTo(line(MEGABYTE, 'c'));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log())))
                .isEqualTo("rw-r-----");
    }

    @Test
    void goesOnWithTheFileThatIsThere() throws Exception {
        LogRotation rotation = new LogRotation(1, 0, 0, true, false);
        try (RotatingFile file = open(rotation)) {
            file.write(line(MEGABYTE - 10, 'a'));
        }
        try (RotatingFile file = open(rotation)) {
            file.write(line(10, 'b'));
            file.write(line(10, 'c'));
        }
        assertThat(files()).containsExactly("etcd-2026-11-22T03-45-29.123.log", "etcd.log");
        assertThat(Files.size(log().resolveSibling("etcd-2026-11-22T03-45-29.123.log")))
                .isEqualTo(MEGABYTE);
    }

    @Test
    void keepsSomeAndCompressesThem() throws Exception {
        Files.createDirectories(log().getParent());
        Files.writeString(log().resolveSibling("etcd-2026-01-01T00-00-00.000.log.gz"), "old");
        Files.writeString(log().resolveSibling("etcd-audit.log"), "another log");
        try (RotatingFile file = open(new LogRotation(1, 30, 2, false, true))) {
            for (char c = 'a'; c < 'e'; c++) {
                file.write(line(MEGABYTE, c));
                now = now.plus(Duration.ofHours(1));
            }
        }
        awaitFiles(
                "etcd-2026-11-22T00-15-29.123.log.gz",
                "etcd-2026-11-22T01-15-29.123.log.gz",
                "etcd-audit.log",
                "etcd.log");
        try (InputStream in = new GZIPInputStream(
                Files.newInputStream(log().resolveSibling("etcd-2026-11-22T01-15-29.123.log.gz")))) {
            assertThat(in.readAllBytes()).isEqualTo(line(MEGABYTE, 'c'));
        }
    }

    @Test
    void removesWhatIsTooOldAtTheStart() throws Exception {
        Files.createDirectories(log().getParent());
        Files.writeString(log().resolveSibling("etcd-2026-11-19T22-15-00.000.log"), "old");
        Files.writeString(log().resolveSibling("etcd-2026-11-20T22-16-00.000.log"), "not so old");
        open(new LogRotation(1, 1, 0, false, false)).close();
        awaitFiles("etcd-2026-11-20T22-16-00.000.log", "etcd.log");
    }

    @Test
    void goesOnWhenAFileCannotBePutAside() throws Exception {
        try (RotatingFile file = open(new LogRotation(1, 0, 0, false, false))) {
            file.write(line(MEGABYTE, 'a'));
            Files.delete(log());
            Files.delete(log().getParent());
            file.write(line(10, 'b')); // goes into the file that nobody can see any more

            Files.createDirectories(log().getParent());
            file.write(line(MEGABYTE, 'c'));
            file.write(line(10, 'd'));
        }
        assertThat(files()).containsExactly("etcd-2026-11-21T22-15-29.123.log", "etcd.log");
        assertThat(Files.readAllBytes(log())).isEqualTo(line(10, 'd'));
    }
}

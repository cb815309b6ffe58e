package io.etcetera.daemon.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** The files that a log file was put aside as: their names, and which of them are kept, and how. One thread at a time. */
final class OldFiles {
    private static final String COMPRESSED = ".gz";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS", Locale.ROOT);

    private final Path directory;
    private final String prefix;
    private final String extension;
    private final LogRotation rotation;
    private final Clock clock;
    private final ZoneId zone;

    /** One of them; the time is that in its name. */
    private record OldFile(Path path, Instant time, boolean compressed) {}

    OldFiles(Path file, LogRotation rotation, Clock clock) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        this.directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
        this.prefix = (dot < 0 ? name : name.substring(0, dot)) + "-";
        this.extension = dot < 0 ? "" : name.substring(dot);
        this.rotation = rotation;
        this.clock = clock;
        this.zone = rotation.localTime() ? clock.getZone() : ZoneOffset.UTC;
    }

    /** What a file is called that is put aside at this time. */
    Path name(Instant time) {
        return directory.resolve(prefix + TIME.format(time.atZone(zone)) + extension);
    }

    /** Whether there is nothing to tidy up, ever. */
    boolean stayAsTheyAre() {
        return rotation.maxBackups() == 0 && rotation.maxAgeDays() == 0 && !rotation.compress();
    }

    /** Removes what is too old or one too many, and compresses the rest. Goes on as far as it can, and then throws. */
    void tidy() throws IOException {
        List<IOException> failures = new ArrayList<>();
        Instant oldest = clock.instant().minus(Duration.ofDays(rotation.maxAgeDays()));
        int kept = 0;
        for (OldFile file : newestFirst()) {
            boolean wanted = (rotation.maxBackups() == 0 || kept < rotation.maxBackups())
                    && (rotation.maxAgeDays() == 0 || !file.time.isBefore(oldest));
            try {
                if (!wanted) {
                    Files.deleteIfExists(file.path);
                } else if (rotation.compress() && !file.compressed) {
                    compress(file.path);
                }
            } catch (IOException e) {
                failures.add(e);
            }
            kept += wanted ? 1 : 0;
        }
        if (!failures.isEmpty()) {
            IOException first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private List<OldFile> newestFirst() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.flatMap(path -> oldFile(path).stream())
                    .sorted(Comparator.comparing(OldFile::time).reversed())
                    .toList();
        }
    }

    /** Nothing for a file that only looks like one of these. */
    private Optional<OldFile> oldFile(Path path) {
        String name = String.valueOf(path.getFileName());
        boolean compressed = name.endsWith(extension + COMPRESSED);
        String end = compressed ? extension + COMPRESSED : extension;
        if (!name.startsWith(prefix) || !name.endsWith(end) || name.length() < prefix.length() + end.length()) {
            return Optional.empty();
        }
        try {
            String time = name.substring(prefix.length(), name.length() - end.length());
            return Optional.of(new OldFile(
                    path, LocalDateTime.parse(time, TIME).atZone(zone).toInstant(), compressed));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What an earlier attempt has left is overwritten; the file itself goes when all of it has been compressed. */
    private static void compress(Path file) throws IOException {
        Path target = file.resolveSibling(file.getFileName() + COMPRESSED);
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = new GZIPOutputStream(Files.newOutputStream(target))) {
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(file));
            }
            in.transferTo(out);
        } catch (IOException e) {
            Files.deleteIfExists(target);
            throw e;
        }
        Files.delete(file);
    }
}

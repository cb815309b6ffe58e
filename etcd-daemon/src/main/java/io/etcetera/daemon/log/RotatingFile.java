package io.etcetera.daemon.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log file that is put aside under a name with the time in it when it would grow too large, as lumberjack does it for etcd:
 * {@code etcd.log} becomes {@code etcd-2026-11-21T22-15-29.123.log}. A write is never divided. Writers take turns; what is to
 * be compressed or removed is done on a thread that is there only as long as there is something to do.
 *
 * <p>A file that cannot be put aside is gone on with, and tried again when as much has been written once more.
 */
final class RotatingFile extends OutputStream {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingFile.class);
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

    private final Path file;
    private final long maxBytes;
    private final Clock clock;
    private final OldFiles oldFiles;
    private final ThreadPoolExecutor housekeeper;
    private OutputStream out;
    private long size;

    private RotatingFile(Path file, LogRotation rotation, Clock clock) throws IOException {
        this.file = file;
        this.maxBytes = rotation.maxBytes();
        this.clock = clock;
        this.oldFiles = new OldFiles(file, rotation, clock);
        this.housekeeper = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "etcd-log-files");
            thread.setDaemon(true);
            return thread;
        });
        if (Files.exists(file)) {
            out = Files.newOutputStream(file, StandardOpenOption.APPEND);
            size = Files.size(file);
        } else {
            out = create(OWN);
        }
    }

    /** Opens it, at its end if it is there. */
    static RotatingFile open(Path file, LogRotation rotation, Clock clock) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        RotatingFile opened = new RotatingFile(file, rotation, clock);
        opened.tidy();
        return opened;
    }

    private OutputStream create(Set<PosixFilePermission> permissions) throws IOException {
        FileAttribute<?>[] attributes = isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
        try {
            Files.createFile(file, attributes);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("somebody else has made {} meanwhile", file);
        }
        return Files.newOutputStream(file, StandardOpenOption.APPEND);
    }

    private boolean isPosix() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        return directory != null && Files.getFileStore(directory).supportsFileAttributeView("posix");
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (size > 0 && size + length > maxBytes) {
            putAside();
        }
        out.write(bytes, offset, length);
        size += length;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    private void putAside() {
        try {
            Set<PosixFilePermission> permissions =
                    isPosix() && Files.exists(file) ? Files.getPosixFilePermissions(file) : OWN;
            moveAside();
            OutputStream full = out;
            out = create(permissions);
            full.close();
        } catch (IOException e) {
            // Said by another thread: what is logged from inside the log is lost.
            housekeeper.execute(() -> LOG.atWarn()
                    .addKeyValue("path", file)
                    .setCause(e)
                    .log("failed to put a log file aside, and goes on with it"));
        }
        size = 0;
        tidy();
    }

    private void moveAside() throws IOException {
        // Two within one millisecond would have the same name.
        Instant time = clock.instant();
        Path target = oldFiles.name(time);
        while (Files.exists(target)) {
            time = time.plusMillis(1);
            target = oldFiles.name(time);
        }
        try {
            Files.move(file, target);
        } catch (NoSuchFileException e) {
            LOG.debug("somebody else has moved {} away", file);
        }
    }

    private void tidy() {
        if (!oldFiles.stayAsTheyAre()) {
            housekeeper.execute(() -> {
                try {
                    oldFiles.tidy();
                } catch (IOException e) {
                    LOG.atWarn().addKeyValue("path", file).setCause(e).log("failed to tidy up old log files");
                }
            });
        }
    }

    /** Closes the file, when all housekeeping that was begun has been done. */
    @Override
    public void close() throws IOException {
        housekeeper.shutdown();
        try {
            if (!housekeeper.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.debug("old log files are still being compressed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            out.close();
        }
    }
}

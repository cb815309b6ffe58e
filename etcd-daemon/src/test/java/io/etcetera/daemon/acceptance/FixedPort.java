package io.etcetera.daemon.acceptance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A port that a program insists on. Test runs of several checkouts on one machine take turns: whoever holds the lock on the
 * port's file may use the port.
 */
final class FixedPort implements AutoCloseable {
    private final FileChannel file;
    private final FileLock lock;

    private FixedPort(FileChannel file, FileLock lock) {
        this.file = file;
        this.lock = lock;
    }

    /** Waits for its turn. */
    static FixedPort take(int port) throws IOException {
        Path path = Path.of(System.getProperty("java.io.tmpdir"), "etcetera-test-port-" + port + ".lock");
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            return new FixedPort(file, file.lock());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        file.close();
    }
}

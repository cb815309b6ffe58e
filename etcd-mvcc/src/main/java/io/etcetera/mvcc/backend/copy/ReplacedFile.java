package io.etcetera.mvcc.backend.copy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The file that a defragmentation replaces, held open beyond its name to give its space back bit by bit. The system would free
 * a large file in one go when it is closed, and whoever syncs something on that disk meanwhile may have to wait for all of it: for
 * the journal, and for the disk where it is told of what is free. One thread.
 */
final class ReplacedFile implements AutoCloseable {
    private static final long PART_BYTES = 32L << 20;
    private static final long REST_MILLIS = 20;

    private final FileChannel file;

    private ReplacedFile(FileChannel file) {
        this.file = file;
    }

    /** Holds the file that has this name now. */
    static ReplacedFile hold(Path path) throws IOException {
        return new ReplacedFile(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /**
     * Gives back the space of a file that has no name any more, and that nobody else has open or mapped.
     *
     * @param stopped ends this early when it reaches zero: closing does the rest
     */
    void shrink(CountDownLatch stopped) throws IOException, InterruptedException {
        long size = file.size();
        while (size > 0 && !stopped.await(REST_MILLIS, TimeUnit.MILLISECONDS)) {
            size = Math.max(0, size - PART_BYTES);
            file.truncate(size);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

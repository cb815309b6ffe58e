package io.etcetera.server.transport.copy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Has a file that is being written go to disk meanwhile, a step at a time and on a thread of its own, so that neither the
 * writer waits for the disk nor all of it is left to the end. No more than two steps are not on disk yet. One writer.
 */
final class SyncAhead implements AutoCloseable {
    private final FileChannel file;
    private final long stepBytes;
    private final ExecutorService thread;
    private long begunBytes;
    private @Nullable Future<?> running;

    /** @param begunBytes length of the file, which is on disk already */
    SyncAhead(FileChannel file, long stepBytes, long begunBytes) {
        this.file = file;
        this.stepBytes = stepBytes;
        this.begunBytes = begunBytes;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "etcd-copy-sync");
            created.setDaemon(true);
            return created;
        });
    }

    /** The file has come to this length. Waits if the disk lags behind. */
    void written(long lengthBytes) throws IOException, InterruptedException {
        if (lengthBytes - begunBytes < stepBytes) {
            return;
        }
        awaitStep();
        begunBytes = lengthBytes;
        running = thread.submit(() -> {
            file.force(false);
            return null;
        });
    }

    private void awaitStep() throws IOException, InterruptedException {
        Future<?> step = running;
        if (step == null) {
            return;
        }
        try {
            step.get();
        } catch (ExecutionException e) {
            throw new IOException("a copy cannot be written to disk: " + e.getCause(), e);
        }
    }

    /** Makes all of it durable, its length included. */
    void finish() throws IOException, InterruptedException {
        awaitStep();
        file.force(true);
    }

    /** What is under way comes to its end on its own. */
    @Override
    public void close() {
        thread.shutdown();
    }
}

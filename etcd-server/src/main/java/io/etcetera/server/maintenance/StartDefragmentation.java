package io.etcetera.server.maintenance;

import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.backend.Backend;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rewrites a store before the member uses it, if that gives enough of the disk back. */
public final class StartDefragmentation {
    private static final Logger log = LoggerFactory.getLogger(StartDefragmentation.class);
    private static final int MEGABYTE_BITS = 20;

    private StartDefragmentation() {}

    /**
     * Defragments the store if it has as many free pages, and waits for it. Who lacks the disk space for that goes on without.
     *
     * @param thresholdMegabytes MiB that have to come free; 0 is never
     * @throws IOException if the store has failed meanwhile
     */
    public static void runIfWorthwhile(Backend backend, long thresholdMegabytes)
            throws IOException, InterruptedException {
        if (thresholdMegabytes == 0) {
            return;
        }
        long threshold = Math.min(thresholdMegabytes, Long.MAX_VALUE >> MEGABYTE_BITS) << MEGABYTE_BITS;
        long size = backend.sizeBytes();
        long inUse = backend.sizeInUseBytes();
        if (size - inUse < threshold) {
            log.atInfo()
                    .addKeyValue("current-db-size-bytes", size)
                    .addKeyValue("current-db-size", ByteSize.format(size))
                    .addKeyValue("current-db-size-in-use-bytes", inUse)
                    .addKeyValue("current-db-size-in-use", ByteSize.format(inUse))
                    .addKeyValue("bootstrap-defrag-threshold-bytes", threshold)
                    .addKeyValue("bootstrap-defrag-threshold", ByteSize.format(threshold))
                    .log("Skipping defragmentation");
            return;
        }
        try {
            backend.defragment().toCompletableFuture().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (!(cause instanceof DefragmentationException)) {
                throw new IOException("cannot defragment the store", cause);
            }
            log.atWarn().addKeyValue("error", cause.getMessage()).log("started without defragmentation");
        }
    }
}

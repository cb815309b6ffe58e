package io.etcetera.mvcc.backend.snapshot;

import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.bolt.BoltWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader's end of a snapshot that is being made: first the meta pages, which are known beforehand, and then what the maker
 * hands over.
 */
final class SnapshotStream implements StoreSnapshot {
    static final int META_BYTES = BoltWriter.META_PAGES * BoltWriter.PAGE_BYTES;

    private static final Logger log = LoggerFactory.getLogger(SnapshotStream.class);

    private final String store;
    private final long sizeBytes;
    private final String storageVersion;
    private final Handover handover;
    private final Consumer<StoreSnapshot> onClose;

    // Of the reader.
    private byte[] chunk;
    private int chunkAt;
    private long readBytes;

    /**
     * For the beginning and the size of the whole file.
     *
     * @param store of what there is a snapshot, for messages
     * @param handover to be ended when this is closed
     */
    SnapshotStream(
            String store,
            byte[] metaPages,
            long sizeBytes,
            String storageVersion,
            Handover handover,
            Consumer<StoreSnapshot> onClose) {
        this.store = store;
        this.chunk = metaPages;
        this.sizeBytes = sizeBytes;
        this.storageVersion = storageVersion;
        this.handover = handover;
        this.onClose = onClose;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public String storageVersion() {
        return storageVersion;
    }

    @Override
    public ByteBuffer next(int bytes) throws IOException {
        handover.throwIfEnded();
        int wanted = (int) Math.min(bytes, sizeBytes - readBytes);
        if (wanted > 0 && chunkAt == chunk.length) {
            nextChunk();
        }
        readBytes += wanted;
        if (wanted > chunk.length - chunkAt) {
            return gathered(wanted);
        }
        chunkAt += wanted;
        return ByteBuffer.wrap(chunk, chunkAt - wanted, wanted);
    }

    private ByteBuffer gathered(int wanted) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(wanted);
        while (all.hasRemaining()) {
            if (chunkAt == chunk.length) {
                nextChunk();
            }
            int part = Math.min(all.remaining(), chunk.length - chunkAt);
            all.put(chunk, chunkAt, part);
            chunkAt += part;
        }
        return all.flip();
    }

    private void nextChunk() throws IOException {
        try {
            chunk = handover.take();
            chunkAt = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading a snapshot");
        }
    }

    /** Has whoever reads fail with this reason. */
    void giveUp(String why, @Nullable Throwable cause) {
        end(failure(store, why, cause));
    }

    void end(RuntimeException cause) {
        try {
            handover.end(cause);
        } catch (IOException e) {
            log.warn("cannot close a snapshot of {}; its space is free when the process ends", store, e);
        }
    }

    static StoreSnapshotException failure(String store, String why, @Nullable Throwable cause) {
        return new StoreSnapshotException("the snapshot of " + store + " was given up: " + why, cause);
    }

    @Override
    public void close() {
        onClose.accept(this);
        giveUp("it is closed", null);
    }
}

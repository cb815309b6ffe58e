package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.bolt.BoltOutput;
import io.etcetera.mvcc.bolt.BoltWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One that is kept nowhere, for a disk without room for it: the store is walked through twice, in one read transaction. The
 * first time finds how large the file will be, and what its meta pages say, which stand before everything that they follow
 * from. The second time makes the pages for whoever reads, as they are wanted.
 *
 * <p>The transaction is open for as long as the reader takes, and the store's file may grow meanwhile, on a disk that is short
 * of space. So a reader that takes nothing for {@link #PATIENCE_NANOS} is given up.
 */
final class SnapshotInPassing implements StoreSnapshot {
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int META_BYTES = BoltWriter.META_PAGES * BoltWriter.PAGE_BYTES;

    private final long sizeBytes;
    private final String storageVersion;
    private final String name;
    private final Consumer<StoreSnapshot> onClose;
    private final Handover handover = new Handover();

    // Of the reader.
    private byte[] chunk;
    private int chunkAt;
    private long readBytes;

    private SnapshotInPassing(
            byte[] metaPages, long sizeBytes, String storageVersion, String name, Consumer<StoreSnapshot> onClose) {
        this.sizeBytes = sizeBytes;
        this.storageVersion = storageVersion;
        this.name = name;
        this.onClose = onClose;
        this.chunk = metaPages;
    }

    /**
     * Goes through the view for the first time.
     *
     * @param name of what there is a snapshot of, for messages
     * @param stepBytes after how much each time {@code step} is called
     */
    static SnapshotInPassing layOut(
            CommittedView view,
            String storageVersion,
            String name,
            long stepBytes,
            SnapshotWriting.Step step,
            Consumer<StoreSnapshot> onClose)
            throws IOException, InterruptedException {
        byte[] metaPages = new byte[META_BYTES];
        BoltOutput onlyMetaPages = (bytes, position) -> {
            if (position < META_BYTES) {
                bytes.get(metaPages, (int) position, bytes.remaining());
            }
        };
        long size = new SnapshotWriting(onlyMetaPages, stepBytes, step).writeAll(view);
        return new SnapshotInPassing(metaPages, size, storageVersion, name, onClose);
    }

    /**
     * Goes through the same view once more, and returns when all has been read, or the snapshot is closed.
     *
     * @param check called at least once a second; what it throws ends the snapshot
     */
    void produce(CommittedView view, Runnable check) {
        BoltOutput output = (bytes, position) -> {
            if (position >= META_BYTES) {
                byte[] part = new byte[bytes.remaining()];
                bytes.get(part);
                hand(part, check);
            }
        };
        try {
            long size = new SnapshotWriting(output, Long.MAX_VALUE, written -> {}).writeAll(view);
            if (size != sizeBytes) {
                throw new AssertionError("a view was laid out in " + sizeBytes + " bytes, and then in " + size);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handover.end(failure("interrupted", e));
        } catch (IOException e) {
            handover.end(failure(String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            handover.end(e);
        } catch (Error e) {
            handover.end(failure(String.valueOf(e), e));
            throw e;
        }
    }

    private void hand(byte[] part, Runnable check) throws IOException {
        try {
            for (long waited = 0; waited < PATIENCE_NANOS; waited += TURN_NANOS) {
                check.run();
                if (handover.put(part, TURN_NANOS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        throw failure(
                "there is no room on the disk to keep it, and it was not read for "
                        + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s",
                null);
    }

    private StoreSnapshotException failure(String why, @Nullable Throwable cause) {
        return new StoreSnapshotException("the snapshot of " + name + " was given up: " + why, cause);
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
    public void read(long offset, ByteBuffer into) throws IOException {
        if (offset != readBytes) {
            throw new IllegalArgumentException(
                    "this snapshot is read from its start to its end, and not from " + offset + " after " + readBytes);
        }
        while (into.hasRemaining() && readBytes < sizeBytes) {
            if (chunkAt == chunk.length) {
                chunk = next();
                chunkAt = 0;
            }
            int part = Math.min(into.remaining(), chunk.length - chunkAt);
            into.put(chunk, chunkAt, part);
            chunkAt += part;
            readBytes += part;
        }
    }

    private byte[] next() throws IOException {
        try {
            return handover.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading a snapshot");
        }
    }

    @Override
    public void close() {
        onClose.accept(this);
        handover.end(failure("it is closed", null));
    }
}

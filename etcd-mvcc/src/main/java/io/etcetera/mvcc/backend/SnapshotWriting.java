package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.bolt.BoltWriter;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.OwnKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Writes one view of a store as a bbolt file: etcd's buckets, keys and values and nothing else, in small synced steps that
 * leave the disk to commits in between. One thread.
 */
final class SnapshotWriting {
    /** The order that bbolt wants: of names. */
    private static final List<Bucket> ORDER = Arrays.stream(Bucket.values())
            .sorted(Comparator.comparing(Bucket::bucketName))
            .toList();

    private final FileChannel file;
    private final LmdbBackend source;
    private final BoltWriter writer;
    private final Pace pace;
    private final long stepBytes;
    private Runnable stepCheck = () -> {};
    private long stepEnd;
    private long applied;

    SnapshotWriting(FileChannel file, LmdbBackend source, LongSupplier nanoClock, long stepBytes) {
        this.file = file;
        this.source = source;
        this.writer = new BoltWriter(file, BoltWriter.PAGE_BYTES);
        this.pace = new Pace(nanoClock);
        this.stepBytes = stepBytes;
        this.stepEnd = stepBytes;
        this.applied = source.consistentIndex();
    }

    /** What is to be seen to before each step; if it throws, the writing ends with that. */
    void beforeEachStep(Runnable check) {
        stepCheck = check;
    }

    /**
     * Writes all buckets.
     *
     * @param unwanted whether nobody waits for it any more
     * @return bytes of the file
     * @throws CancellationException if it is unwanted
     * @throws InterruptedException if the thread is interrupted
     */
    long writeAll(CommittedView view, BooleanSupplier unwanted) throws IOException, InterruptedException {
        pace.stepBegins();
        for (Bucket bucket : ORDER) {
            writer.bucket(bucket.bucketName());
            view.scan(bucket, (key, value) -> {
                if (unwanted.getAsBoolean()) {
                    throw new CancellationException("nobody waits for the snapshot any more");
                }
                put(bucket, key, value);
                return true;
            });
        }
        return writer.finish();
    }

    private void put(Bucket bucket, ByteView key, ByteView value) {
        if (OwnKeys.contains(bucket, key)) {
            return;
        }
        try {
            writer.put(key, value);
            if (writer.writtenBytes() >= stepEnd) {
                endStep();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void endStep() throws IOException {
        file.force(false);
        stepEnd = writer.writtenBytes() + stepBytes;
        long now = source.consistentIndex();
        long rest = pace.stepEnded(now != applied);
        applied = now;
        try {
            TimeUnit.NANOSECONDS.sleep(rest);
        } catch (InterruptedException e) {
            // The scan that this is part of sees it at its next entry, and ends.
            Thread.currentThread().interrupt();
        }
        stepCheck.run();
        pace.stepBegins();
    }
}

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

    /** What is done between two steps. */
    @FunctionalInterface
    interface Rest {
        /**
         * Rests for so long, and sees to it that the next step may be taken; the writing ends with what it throws.
         *
         * @param writtenBytes so far
         */
        void take(long writtenBytes, long nanos) throws InterruptedException;
    }

    /**
     * Writes all buckets.
     *
     * @return bytes of the file
     */
    long writeAll(CommittedView view, Rest rest) throws IOException, InterruptedException {
        pace.stepBegins();
        for (Bucket bucket : ORDER) {
            writer.bucket(bucket.bucketName());
            view.scan(bucket, (key, value) -> {
                put(bucket, key, value);
                if (writer.writtenBytes() >= stepEnd) {
                    endStep(rest);
                }
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
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void endStep(Rest rest) {
        try {
            file.force(false);
            stepEnd = writer.writtenBytes() + stepBytes;
            long now = source.consistentIndex();
            long nanos = pace.stepEnded(now != applied);
            applied = now;
            rest.take(writer.writtenBytes(), nanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            // The scan that this is part of sees it at its next entry, and ends.
            Thread.currentThread().interrupt();
        }
        pace.stepBegins();
    }
}

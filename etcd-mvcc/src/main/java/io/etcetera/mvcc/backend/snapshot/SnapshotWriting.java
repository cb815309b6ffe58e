package io.etcetera.mvcc.backend.snapshot;

import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.bolt.BoltOutput;
import io.etcetera.mvcc.bolt.BoltWriter;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.OwnKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Writes a store out as a bbolt file: etcd's buckets, keys and values and nothing else, in steps. What is written of one view
 * is the same each time, and where it stands depends on nothing but the sizes of keys and values. One thread.
 */
final class SnapshotWriting {
    /** The order that bbolt wants: of names. */
    private static final List<Bucket> ORDER = Arrays.stream(Bucket.values())
            .sorted(Comparator.comparing(Bucket::bucketName))
            .toList();

    private final BoltWriter writer;
    private final long stepBytes;
    private final Step step;
    private long stepEnd;

    /** What is done when another step has been written; the writing ends with what it throws. */
    @FunctionalInterface
    interface Step {
        /**
         * May rest, and see to it that the next step may be taken.
         *
         * @param writtenBytes so far
         */
        void ended(long writtenBytes) throws IOException, InterruptedException;
    }

    /** Goes through a bucket of a view. */
    @FunctionalInterface
    interface Scan {
        void visit(Bucket bucket, EntryVisitor visitor) throws InterruptedException;
    }

    SnapshotWriting(BoltOutput output, long stepBytes, Step step) {
        this.writer = new BoltWriter(output, BoltWriter.PAGE_BYTES);
        this.stepBytes = stepBytes;
        this.step = step;
        this.stepEnd = stepBytes;
    }

    /**
     * Writes all buckets.
     *
     * @return bytes of the file
     */
    long writeAll(Scan view) throws IOException, InterruptedException {
        for (Bucket bucket : ORDER) {
            writer.bucket(bucket.bucketName());
            view.visit(bucket, (key, value) -> {
                put(bucket, key, value);
                if (writer.writtenBytes() >= stepEnd) {
                    endStep();
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

    private void endStep() {
        stepEnd = writer.writtenBytes() + stepBytes;
        try {
            step.ended(writer.writtenBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            // The scan that this is part of sees it at its next entry, and ends.
            Thread.currentThread().interrupt();
        }
    }
}

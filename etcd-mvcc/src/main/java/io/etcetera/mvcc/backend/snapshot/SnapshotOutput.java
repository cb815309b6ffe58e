package io.etcetera.mvcc.backend.snapshot;

import io.etcetera.mvcc.bolt.BoltOutput;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The maker's end of a snapshot: hands over what is made as fast as the reader takes it. A read transaction is open meanwhile,
 * and the store cannot use again what is freed behind it; so the reader is waited for {@code lagNanos} in all, and then
 * the rest goes to a file as fast as the disk takes it. Where there is no room for one, a reader who takes nothing for
 * {@link #PATIENCE_NANOS} is given up. One thread.
 */
final class SnapshotOutput implements BoltOutput {
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the maker of snapshots has a say in; what is thrown here ends the snapshot. */
    interface Conditions {
        /** Checks that it should be gone on with; asked for each chunk, and at least once a second. */
        void check();

        /** A file for this many bytes, to be closed by whom it is given; empty while there is no room for them. */
        Optional<FileChannel> file(long bytes) throws IOException;

        /** So much has gone to the file. Rests, if it should not take the disk from others. */
        void appended(FileChannel file, long bytes) throws IOException, InterruptedException;
    }

    private final String store;
    private final long sizeBytes;
    private final long lagNanos;
    private final LongSupplier nanoClock;
    private final Handover handover;
    private final Conditions conditions;
    private Optional<FileChannel> file = Optional.empty();
    private long waitedNanos;

    /**
     * For what comes behind the meta pages.
     *
     * @param sizeBytes of the whole file
     * @param lagNanos how long the reader is waited for in all, before a file is made
     */
    SnapshotOutput(
            String store,
            long sizeBytes,
            long lagNanos,
            LongSupplier nanoClock,
            Handover handover,
            Conditions conditions) {
        this.store = store;
        this.sizeBytes = sizeBytes;
        this.lagNanos = lagNanos;
        this.nanoClock = nanoClock;
        this.handover = handover;
        this.conditions = conditions;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        if (position < SnapshotStream.META_BYTES || !bytes.hasRemaining()) {
            return; // the reader has the meta pages already
        }
        byte[] chunk = new byte[bytes.remaining()];
        bytes.get(chunk);
        try {
            hand(chunk, sizeBytes - position);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void hand(byte[] chunk, long restBytes) throws IOException, InterruptedException {
        if (file.isEmpty() && handInMemory(chunk, restBytes)) {
            return;
        }
        conditions.check();
        handover.append(chunk);
        conditions.appended(file.orElseThrow(), chunk.length);
    }

    /** Returns false, without having handed it over, when there is a file for it. */
    private boolean handInMemory(byte[] chunk, long restBytes) throws IOException, InterruptedException {
        long begin = nanoClock.getAsLong();
        long waited = 0;
        while (waited < PATIENCE_NANOS) {
            conditions.check();
            if (waitedNanos + waited >= lagNanos && continuesInFile(restBytes)) {
                return false;
            }
            boolean handed = handover.put(chunk, TURN_NANOS);
            waited = nanoClock.getAsLong() - begin;
            if (handed) {
                waitedNanos += waited;
                return true;
            }
        }
        throw SnapshotStream.failure(
                store,
                "there is no room on the disk to keep it, and it was not read for "
                        + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s",
                null);
    }

    private boolean continuesInFile(long restBytes) throws IOException {
        file = conditions.file(restBytes);
        if (file.isPresent()) {
            handover.continueIn(file.get());
        }
        return file.isPresent();
    }
}

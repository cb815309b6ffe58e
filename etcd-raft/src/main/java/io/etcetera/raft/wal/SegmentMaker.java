package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes preallocated segment files. A full-sized one is prepared by a thread of its own while the one before fills up; if
 * none is ready when it is needed, and at the start of an empty log, a small one is made on the spot, which takes
 * milliseconds. The thread lives only while it prepares; {@link #close} ends it. A prepared file survives a restart.
 *
 * <p>A file is written and made durable under a temporary name, so that whatever has a segment's name has its header.
 */
final class SegmentMaker implements AutoCloseable {
    static final String SPARE_NAME = "spare.next";
    static final String NEWEST_NAME = "newest-segment";
    private static final String UNFINISHED_SPARE_NAME = "spare.tmp";
    private static final String UNFINISHED_SEGMENT_NAME = "segment.tmp";
    /** Little is left unsynced at any time, so that the log's own syncs do not wait behind a mass of zeros. */
    private static final long SYNC_EVERY_BYTES = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentMaker.class);

    private final Path directory;
    private final WalEnvironment environment;
    private final WalFiles files;
    private final long segmentBytes;
    private final long smallSegmentBytes;
    /** Holds the sequence of the newest segment, so that it is missed should its file go missing. */
    private final DurableRecordFile newest;

    private volatile boolean closed;
    /** Guarded by this. */
    private boolean spareReady;
    /** Null when nothing is being prepared. Guarded by this. */
    private @Nullable Thread preparer;

    SegmentMaker(Path directory, long segmentBytes, WalEnvironment environment) throws IOException {
        this.directory = directory;
        this.environment = environment;
        this.files = environment.files();
        this.segmentBytes = segmentBytes;
        this.smallSegmentBytes = Math.min(segmentBytes, environment.smallSegmentBytes());
        this.newest = new DurableRecordFile(files, directory, NEWEST_NAME);
    }

    /**
     * Checks that the newest segment ever made is there. A crash may have kept it from being noted, so one more than
     * noted is in order.
     *
     * @param highestSequence of the segments found; -1 if there are none
     */
    void checkNewest(long highestSequence) throws IOException {
        byte[] content = newest.load();
        if (content == null) {
            return;
        }
        Path path = directory.resolve(NEWEST_NAME);
        if (content.length != Long.BYTES) {
            throw new WalCorruptException(path, 0, "expected 8 bytes of content, found " + content.length);
        }
        long noted = ByteBuffer.wrap(content).getLong();
        if (highestSequence < noted) {
            throw new WalCorruptException(
                    directory,
                    0,
                    "expected segments up to sequence number " + noted + ", but "
                            + (highestSequence < 0 ? "there are none" : "the last is number " + highestSequence));
        }
    }

    /** Removes what a crash left unfinished and takes up a prepared file of the right size. */
    synchronized void tidyUp(List<String> names) throws IOException {
        for (String name : List.of(UNFINISHED_SPARE_NAME, UNFINISHED_SEGMENT_NAME)) {
            if (names.contains(name)) {
                files.delete(directory.resolve(name));
            }
        }
        if (names.contains(SPARE_NAME)) {
            try (WalFile spare = files.open(directory.resolve(SPARE_NAME))) {
                spareReady = segmentBytes > smallSegmentBytes && spare.size() == segmentBytes;
            }
            if (!spareReady) {
                files.delete(directory.resolve(SPARE_NAME));
            }
        }
    }

    /** Makes a segment with this header, durable under its name when this returns. */
    Segment make(SegmentHeader header) throws IOException {
        boolean fromSpare = takeSpare();
        Path source = directory.resolve(fromSpare ? SPARE_NAME : UNFINISHED_SEGMENT_NAME);
        try (WalFile file = fromSpare ? files.open(source) : files.create(source)) {
            if (!fromSpare) {
                Zeros.write(file, 0, smallSegmentBytes);
            }
            file.write(header.encode(), 0);
            file.force(true);
        }
        Path target = directory.resolve(header.fileName());
        files.rename(source, target);
        files.syncDirectory(directory);
        newest.save(ByteBuffer.allocate(Long.BYTES).putLong(header.sequence()).array());
        return open(target);
    }

    /** Opens a segment that exists. */
    Segment open(Path path) throws IOException {
        WalFile file = files.open(path);
        try {
            return new Segment(path, file, SegmentHeader.read(path, file));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Removes segments for good, oldest first, each durably before the next, so that a crash leaves no gap. */
    void delete(List<Segment> segments) throws IOException {
        for (Segment segment : segments) {
            segment.close();
            files.delete(segment.path());
            files.syncDirectory(directory);
        }
    }

    private synchronized boolean takeSpare() {
        boolean taken = spareReady;
        spareReady = false;
        return taken;
    }

    /** Begins to prepare a segment unless one is ready or on its way; returns at once. */
    synchronized void prepare() {
        if (closed || spareReady || preparer != null || segmentBytes <= smallSegmentBytes) {
            return;
        }
        Thread thread = environment.threads().newThread(this::prepareSpare);
        preparer = thread;
        thread.start();
    }

    private void prepareSpare() {
        boolean ready = false;
        try {
            ready = writeSpare();
        } catch (IOException e) {
            // Nothing of the log is in this file. If the disk is full or broken, the next write to the log will tell.
            LOG.warn("cannot prepare a segment ahead of need: directory={}", directory, e);
        } finally {
            synchronized (this) {
                spareReady = ready;
                preparer = null;
            }
        }
    }

    private boolean writeSpare() throws IOException {
        Path unfinished = directory.resolve(UNFINISHED_SPARE_NAME);
        try (WalFile file = files.create(unfinished)) {
            long at = 0;
            while (at < segmentBytes && !closed) {
                long end = Math.min(segmentBytes, at + SYNC_EVERY_BYTES);
                Zeros.write(file, at, end);
                file.force(true);
                at = end;
            }
        } catch (IOException e) {
            try {
                files.delete(unfinished);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
        if (closed) {
            files.delete(unfinished);
            return false;
        }
        files.rename(unfinished, directory.resolve(SPARE_NAME));
        return true;
    }

    /** Stops the preparing thread and waits for its end, even if interrupted. */
    @Override
    public void close() {
        closed = true;
        Thread running;
        synchronized (this) {
            running = preparer;
        }
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

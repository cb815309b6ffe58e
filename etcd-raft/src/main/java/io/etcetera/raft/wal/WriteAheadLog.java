package io.etcetera.raft.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable sequence of entries with consecutive indexes, kept in segment files in a directory of its own.
 *
 * <p>Threads: {@link #append}, the truncations and {@link #close} exclude each other; {@link #read}, {@link #firstIndex}
 * and {@link #lastIndex} may run on any thread at any time, wait for nobody, and see only what is durable. A thread that
 * writes should not be interrupted: an interrupt in the middle of a write or sync is an I/O error.
 *
 * <p>Errors: after any failure to write or sync, it is unknown what is on disk, and asking again could make the system
 * forget that it failed. So the log stops: every later call that can throw throws the first exception again. The way on is
 * to close it and to open it anew, which recovers everything that was acknowledged.
 *
 * <p>The format is described at {@link RecordFormat} and {@link SegmentHeader}, opening after a crash at {@link Recovery}.
 */
public final class WriteAheadLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);
    private static final String LOCK_NAME = "lock";
    private static final long FIRST_INDEX = 1;

    private final Path directory;
    private final WalListener listener;
    private final Closeable lock;
    private final SegmentMaker maker;
    private final SegmentList segments;
    private final LogWriter writer;
    private volatile View view;
    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    private WriteAheadLog(
            Path directory,
            WalListener listener,
            Closeable lock,
            SegmentMaker maker,
            SegmentList segments,
            LogWriter writer) {
        this.directory = directory;
        this.listener = listener;
        this.lock = lock;
        this.maker = maker;
        this.segments = segments;
        this.writer = writer;
        this.view = segments.view();
    }

    /**
     * Opens the log in {@code directory}, making both if there is none, and keeps others out of it until closed.
     *
     * @throws WalCorruptException if acknowledged entries are damaged or missing; nothing has been changed then
     * @throws IOException if the directory is locked by another log, or on any other failure
     */
    public static WriteAheadLog open(Path directory, WalOptions options) throws IOException, WalCorruptException {
        return open(directory, options, WalEnvironment.real(options.fsync()));
    }

    static WriteAheadLog open(Path directory, WalOptions options, WalEnvironment environment) throws IOException {
        environment.files().createDirectories(directory);
        Closeable lock = environment.files().lock(directory.resolve(LOCK_NAME));
        List<Closeable> opened = new ArrayList<>();
        opened.add(lock);
        try {
            SegmentMaker maker = new SegmentMaker(directory, options.segmentBytes(), environment);
            List<String> names = environment.files().list(directory);
            List<Segment> found = new ArrayList<>();
            for (String name : segmentNames(names)) {
                Segment segment = maker.open(directory.resolve(name));
                opened.add(segment);
                found.add(segment);
            }
            maker.checkNewest(
                    found.isEmpty() ? -1 : found.get(found.size() - 1).header().sequence());
            SegmentList log = found.isEmpty() ? new SegmentList(FIRST_INDEX, FIRST_INDEX, 0) : Recovery.recover(found);
            maker.tidyUp(names);
            // The program before may have died between making a segment and syncing the directory.
            environment.files().syncDirectory(directory);
            if (found.isEmpty()) {
                Segment first = maker.make(log.nextHeader(environment.salts().getAsLong()));
                opened.add(first);
                log.add(first);
            }
            LogWriter writer = new LogWriter(log, maker, environment);
            writer.seal();
            maker.delete(log.removeUnneeded());
            return new WriteAheadLog(directory, options.listener(), lock, maker, log, writer);
        } catch (IOException | RuntimeException | Error e) {
            try {
                Segment.closeAll(opened);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static List<String> segmentNames(List<String> names) {
        return names.stream()
                .filter(SegmentHeader::isSegmentName)
                .sorted(Comparator.comparingLong(SegmentHeader::sequenceOf))
                .toList();
    }

    /** The first index held; if the log is empty, the index that is to be written next. 1 in a new log. */
    public long firstIndex() {
        return view.firstIndex();
    }

    /** The last index held; {@code firstIndex() - 1} if the log is empty. */
    public long lastIndex() {
        return view.nextIndex() - 1;
    }

    /**
     * Appends entries and returns when they are durable.
     *
     * @param entries with consecutive indexes from {@code lastIndex() + 1} on; may be empty
     * @throws IllegalStateException if the indexes are others; nothing has been written then
     * @throws IOException if the log has failed, now or before, or is closed; it is then unknown which of the entries
     *     will be there after the next opening
     */
    public synchronized void append(List<WalEntry> entries) throws IOException {
        checkUsable();
        long next = view.nextIndex();
        for (WalEntry entry : entries) {
            if (entry.index() != next) {
                throw new IllegalStateException("entry " + entry.index() + " appended to " + directory + " where entry "
                        + next + " must follow");
            }
            next++;
        }
        if (!entries.isEmpty()) {
            write(view.firstIndex(), view.nextIndex(), entries);
        }
    }

    /**
     * The data of one entry, checked against its checksum.
     *
     * @return null if the index is not between the first and the last
     * @throws WalCorruptException if the entry is damaged on disk
     * @throws IOException if it cannot be read, or the log has failed or is closed
     */
    public byte @Nullable [] read(long index) throws IOException {
        while (true) {
            checkUsable();
            View now = view;
            if (!now.holds(index)) {
                return null;
            }
            Run run = now.find(index);
            try {
                return run.segment().readEntry(index, run.offset(index));
            } catch (ClosedChannelException e) {
                // The segment was removed, or the log closed, since the view was taken: look again.
                if (now.runs() == view.runs()) {
                    checkUsable();
                    throw e;
                }
            }
        }
    }

    /**
     * Drops the entries behind {@code lastIndexKept}, durably. Does nothing if there are none.
     *
     * @throws IllegalArgumentException if it is below {@code firstIndex() - 1}; use {@link #reset} for that
     */
    public synchronized void truncateSuffix(long lastIndexKept) throws IOException {
        checkUsable();
        long first = view.firstIndex();
        if (lastIndexKept < first - 1) {
            throw new IllegalArgumentException("cannot keep entries up to " + lastIndexKept + ": the first entry in "
                    + directory + " is " + first);
        }
        if (lastIndexKept + 1 < view.nextIndex()) {
            write(first, lastIndexKept + 1, List.of());
        }
    }

    /**
     * Drops the entries before {@code firstIndexKept}, durably, and removes segments that hold no others. Behind the last
     * entry, it empties the log, which then goes on at {@code firstIndexKept}. Does nothing if there is nothing before.
     */
    public synchronized void truncatePrefix(long firstIndexKept) throws IOException {
        checkUsable();
        if (firstIndexKept > view.firstIndex()) {
            write(firstIndexKept, Math.max(firstIndexKept, view.nextIndex()), List.of());
        }
    }

    /** Drops everything, durably; the log goes on at {@code nextIndex}, 1 or more. */
    public synchronized void reset(long nextIndex) throws IOException {
        checkUsable();
        if (nextIndex < FIRST_INDEX) {
            throw new IllegalArgumentException("cannot go on at index " + nextIndex);
        }
        write(nextIndex, nextIndex, List.of());
    }

    private void write(long firstIndex, long nextIndex, List<WalEntry> entries) throws IOException {
        LogWriter.Written written;
        try {
            written = writer.write(firstIndex, nextIndex, entries);
            List<Segment> unneeded = segments.removeUnneeded();
            view = segments.view();
            maker.delete(unneeded);
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException | Error e) {
            failure = new IOException("writing to the log in " + directory + " broke off", e);
            throw e;
        }
        listener.synced(written.writeNanos(), written.syncNanos(), written.bytes());
    }

    private void checkUsable() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
        if (closed) {
            throw new IOException("the log in " + directory + " is closed");
        }
    }

    /** Closes the files and gives up the lock. A thread that was preparing a segment has ended when this returns. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        maker.close();
        List<Closeable> resources = new ArrayList<>();
        if (failure == null) {
            resources.add(writer::seal);
        }
        resources.addAll(segments.all());
        resources.add(lock);
        try {
            Segment.closeAll(resources);
        } catch (IOException e) {
            // All that was acknowledged is durable already, so there is nobody who could do anything about it.
            LOG.warn("closing the write-ahead log failed: directory={}", directory, e);
        }
    }
}

package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import io.etcetera.raft.wal.WalEntry;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine's log, kept in a {@link WriteAheadLog}. The engine's log thread is the only writer and hands over all that
 * waits at once, so one call is one fdatasync; any thread may read.
 *
 * <p>The files are opened and closed by {@link NodeStarter} and {@link JraftNode}, not here. After an error nothing is
 * written any more: the first one is reported as the member's {@link Failure}.
 */
final class WalLogStorage implements LogStorage {
    private final WriteAheadLog wal;
    private final InternalEntries internal;
    private final Failure failure;
    private final LongSupplier durableIndex;
    private final Supplier<@Nullable Mark> mark;

    /**
     * @param durableIndex up to which the state machine can do without the log
     * @param mark the latest one, which says who takes part when the log begins anew
     */
    WalLogStorage(
            WriteAheadLog wal,
            InternalEntries internal,
            Failure failure,
            LongSupplier durableIndex,
            Supplier<@Nullable Mark> mark) {
        this.wal = wal;
        this.internal = internal;
        this.failure = failure;
        this.durableIndex = durableIndex;
        this.mark = mark;
    }

    @Override
    public boolean init(LogStorageOptions options) {
        internal.feed(options.getConfigurationManager());
        return true;
    }

    @Override
    public void shutdown() {
        // The owner of the files closes them, once the engine has come to rest.
    }

    @Override
    public long getFirstLogIndex() {
        return wal.firstIndex();
    }

    @Override
    public long getLastLogIndex() {
        return wal.lastIndex();
    }

    @Override
    public @Nullable LogEntry getEntry(long index) {
        try {
            return EntryCodec.read(wal, index);
        } catch (IOException e) {
            failure.report("entry " + index + " of the log cannot be read", e);
            return null;
        }
    }

    @Override
    @Deprecated
    public long getTerm(long index) {
        LogEntry entry = getEntry(index);
        return entry == null ? 0 : entry.getId().getTerm();
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        boolean written = write("entries cannot be appended to the log", () -> {
            List<WalEntry> batch = new ArrayList<>(entries.size());
            for (LogEntry entry : entries) {
                internal.add(entry);
                batch.add(new WalEntry(entry.getId().getIndex(), entry.getId().getTerm(), EntryCodec.encode(entry)));
            }
            // Refuses indexes that do not follow on the last one: the engine can drop a batch that it failed to queue.
            wal.append(batch);
        });
        return written ? entries.size() : 0;
    }

    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        return write("the log cannot be cut", () -> {
            if (firstIndexKept > wal.lastIndex() + 1) {
                beginAnew(firstIndexKept);
                return;
            }
            checkNotNeeded(firstIndexKept - 1);
            wal.truncatePrefix(firstIndexKept);
            internal.dropBefore(firstIndexKept);
        });
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        return write("entries that lost cannot be taken back from the log", () -> {
            wal.truncateSuffix(lastIndexKept);
            internal.dropFrom(lastIndexKept + 1);
        });
    }

    @Override
    public boolean reset(long nextLogIndex) {
        return write("the log cannot be begun anew", () -> beginAnew(nextLogIndex));
    }

    /** After the state of another member has been put in place: the log goes on behind that member's mark. */
    private void beginAnew(long nextIndex) throws IOException {
        checkNotNeeded(nextIndex - 1);
        Mark latest = mark.get();
        if (latest == null || latest.index() != nextIndex - 1) {
            throw new IllegalStateException(
                    "the log is to go on at entry " + nextIndex + ", but the mark is " + latest);
        }
        wal.reset(nextIndex);
        internal.beginAnew(latest);
    }

    private void checkNotNeeded(long lastIndexDropped) {
        if (lastIndexDropped > durableIndex.getAsLong()) {
            throw new IllegalStateException("entries up to " + lastIndexDropped
                    + " were to be dropped, but the state machine is durable only up to " + durableIndex.getAsLong());
        }
    }

    private boolean write(String whatFailed, Write write) {
        if (failure.cause() != null) {
            return false;
        }
        try {
            write.run();
            return true;
        } catch (IOException | RuntimeException e) {
            failure.report(whatFailed, e);
            return false;
        }
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }
}

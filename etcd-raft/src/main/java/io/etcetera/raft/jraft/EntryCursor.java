package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import io.etcetera.raft.CommittedEntries;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Walks over what the engine hands out, and fills the indexes that it keeps to itself (changes of members) with empty
 * entries, so that the state machine sees every index once and in order. An index that is missing for any other reason is
 * an error: an entry would be lost.
 *
 * <p>Used by the apply thread alone, except {@link #handedOut()}.
 */
final class EntryCursor implements CommittedEntries {
    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final EngineLog log;
    private final AtomicLong handedOut = new AtomicLong();
    private @Nullable Iterator source;
    private long end;
    private long index;
    private long term;
    private ByteBuffer data = NO_DATA;

    EntryCursor(EngineLog log) {
        this.log = log;
    }

    /**
     * Index of the last entry that the state machine has been given. Set before it can apply the entry, so whoever has
     * seen an effect of an entry reads at least its index here.
     */
    long handedOut() {
        return handedOut.get();
    }

    /** Goes on behind {@code last}: everything up to there is in the state already. */
    void skipTo(long last) {
        index = last;
        handedOut.set(last);
    }

    /** Begins a batch: the engine's entries, whose first may be behind internal ones. */
    void begin(Iterator entries) {
        source = entries;
        end = 0;
    }

    /** Begins a batch of internal entries alone, up to and with {@code last}. */
    void beginInternal(long last) {
        source = null;
        end = last;
    }

    @Override
    public boolean next() {
        Iterator entries = source;
        if (entries != null && entries.hasNext()) {
            long available = entries.getIndex();
            if (available == index + 1) {
                take(available, entries.getTerm(), entries.getData().duplicate());
                entries.next();
                return true;
            }
            if (available <= index) {
                throw new IllegalStateException("entry " + available + " came again after entry " + index);
            }
            takeInternal();
            return true;
        }
        if (entries == null && index < end) {
            takeInternal();
            return true;
        }
        return false;
    }

    /** Whether the present batch has been read to its end. */
    boolean isExhausted() {
        Iterator entries = source;
        return entries == null ? index >= end : !entries.hasNext();
    }

    private void takeInternal() {
        long skipped = index + 1;
        LogEntry entry = log.entry(skipped);
        if (entry == null || entry.getType() == EntryType.ENTRY_TYPE_DATA) {
            throw new IllegalStateException("entry " + skipped + " was committed but not handed out");
        }
        take(skipped, entry.getId().getTerm(), NO_DATA);
    }

    private void take(long newIndex, long newTerm, ByteBuffer newData) {
        index = newIndex;
        term = newTerm;
        data = newData;
        handedOut.lazySet(newIndex);
    }

    @Override
    public long index() {
        return index;
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public ByteBuffer data() {
        return data;
    }
}

package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.schema.Bucket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lmdbjava.Cursor;
import org.lmdbjava.Txn;

/**
 * Copies the live environment into an empty one, step by step, while commits go on. One thread at a time.
 *
 * <p>The position of a {@link RecordAppender} goes from the first record to the last. The invariant, after a step that
 * read the source as of commit N: up to the position, the target holds exactly what the source held at N; behind it,
 * nothing. A step takes a newer transaction, brings what was touched before the position up to date, and goes on from
 * there; what was touched behind the position need not be kept in mind, since the copy has yet to come by. So no
 * transaction stays open for long (it would keep the old file from reusing pages), what has to be kept in mind is that
 * of one step, and catching up at the end is the same step again. Since new revisions stand behind all others, writes
 * are met in passing and only compaction touches what is copied already.
 */
public final class StoreCopy {
    private static final byte[] NONE = {};

    private final LiveEnv source;
    private final LmdbEnv target;
    private final TouchedKeys touched;
    private final RecordAppender appender;
    private final NativeSlice keyScratch = NativeSlice.scratch(LongKeys.STORED_LENGTH);
    private long movedBytes;

    /**
     * A copy that has yet to begin.
     *
     * @param touched tracks {@code source} already
     */
    public StoreCopy(LiveEnv source, LmdbEnv target, TouchedKeys touched) {
        this.source = source;
        this.target = target;
        this.touched = touched;
        this.appender = new RecordAppender(target);
    }

    /** Whether the last step saw the end: then the target holds what the source held when it began. */
    public boolean atEnd() {
        return appender.atEnd();
    }

    /**
     * Goes on by about {@code limitBytes}, in one synced transaction of the target.
     *
     * @return bytes of the records that were copied or brought up to date
     */
    public long step(long limitBytes) {
        // The keys first: what is committed between these two lines is seen now and touched once more in the next step.
        Map<Bucket, List<byte[]>> keys = touched.drain();
        try (ReadTxn from = source.acquire()) {
            movedBytes = 0;
            target.update(to -> {
                keys.forEach((of, list) -> bringUpToDate(of, list, from, to));
                movedBytes += appender.advance(limitBytes - movedBytes, from, to);
            });
            return movedBytes;
        }
    }

    private void bringUpToDate(Bucket of, List<byte[]> keys, ReadTxn from, Txn<NativeSlice> to) {
        keys.removeIf(key -> !appender.isCopied(of, key));
        keys.sort(Arrays::compareUnsigned);
        byte[] last = NONE;
        try (Cursor<NativeSlice> writing = target.database(of).openCursor(to)) {
            for (byte[] key : keys) {
                if (!Arrays.equals(key, last)) {
                    target.writer().delete(writing, of, key);
                    movedBytes += key.length;
                    copy(of, key, from, writing);
                    last = key;
                }
            }
        }
    }

    /** Copies a record, if there is one, and as much of its tail as the position has passed. */
    private void copy(Bucket of, byte[] key, ReadTxn from, Cursor<NativeSlice> writing) {
        NativeSlice record = from.env().database(of).get(from.txn(), keyScratch.set(key));
        if (record == null) {
            return;
        }
        boolean mayHaveTail = RecordTails.mayFollow(of, record.length());
        movedBytes += record.length();
        writing.put(keyScratch, record);
        byte[] tail = RecordTails.key(key);
        if (mayHaveTail && appender.isCopied(of, tail)) {
            copy(of, tail, from, writing);
        }
    }

    /** See {@link RecordAppender#check}. */
    public void check() {
        try (ReadTxn from = source.acquire()) {
            appender.check(from);
        }
    }
}

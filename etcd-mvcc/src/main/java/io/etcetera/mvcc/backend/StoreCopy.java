package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.schema.Bucket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * Copies the live environment into an empty one, step by step, while commits go on. One thread at a time.
 *
 * <p>A position in the order of buckets and keys goes from the first record to the last. The invariant, after a step
 * that read the source as of commit N: up to the position, the target holds exactly what the source held at N; behind it,
 * nothing. A step takes a newer transaction, brings what was touched before the position up to date, and goes on from
 * there; what was touched behind the position need not be kept in mind, since the copy has yet to come by. So no
 * transaction stays open for long (it would keep the old file from reusing pages), what has to be kept in mind is that
 * of one step, and catching up at the end is the same step again.
 *
 * <p>Revisions come last. They are nearly all of the store, and new ones stand behind all others, so that writes are
 * met in passing and only compaction touches what is copied already.
 *
 * <p>Records are moved with the checksum they have: one that is damaged stays recognizable as such.
 */
final class StoreCopy {
    /** Everything in ascending order is appended, which fills pages to the last byte. */
    private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};

    private static final PutFlags[] REPLACE = {};

    private static final List<Bucket> ORDER = Stream.concat(
                    Arrays.stream(Bucket.values()).filter(bucket -> bucket != Bucket.KEY), Stream.of(Bucket.KEY))
            .toList();

    private static final byte[] BEGIN = {};

    private final LiveEnv source;
    private final LmdbEnv target;
    private final TouchedKeys touched;
    private final NativeSlice keyScratch = NativeSlice.scratch(LongKeys.STORED_LENGTH);

    /** Index of the bucket that the position is in. */
    private int bucket;

    /** Last key that is copied of that bucket; {@link #BEGIN} if none is. */
    private byte[] position = BEGIN;

    private boolean atEnd;
    private long movedBytes;

    /** @param touched tracks {@code source} already */
    StoreCopy(LiveEnv source, LmdbEnv target, TouchedKeys touched) {
        this.source = source;
        this.target = target;
        this.touched = touched;
    }

    /** Whether the last step saw the end: then the target holds what the source held when it began. */
    boolean atEnd() {
        return atEnd;
    }

    /**
     * Goes on by about {@code limitBytes}, in one synced transaction of the target.
     *
     * @return bytes of the records that were copied or brought up to date
     */
    long step(long limitBytes) {
        // The keys first: what is committed between these two lines is seen now and touched once more in the next step.
        Map<Bucket, List<byte[]>> keys = touched.drain();
        try (ReadTxn from = source.acquire()) {
            movedBytes = 0;
            target.update(to -> {
                keys.forEach((of, list) -> bringUpToDate(of, list, from, to));
                advance(limitBytes, from, to);
            });
            return movedBytes;
        }
    }

    private void bringUpToDate(Bucket of, List<byte[]> keys, ReadTxn from, Txn<NativeSlice> to) {
        keys.removeIf(key -> !isCopied(of, key));
        keys.sort(Arrays::compareUnsigned);
        byte[] last = BEGIN;
        for (byte[] key : keys) {
            if (!Arrays.equals(key, last)) {
                copyOrDelete(of, keyScratch.set(key), from, to);
                last = key;
            }
        }
    }

    private boolean isCopied(Bucket of, byte[] key) {
        int index = ORDER.indexOf(of);
        return index < bucket || (index == bucket && Arrays.compareUnsigned(key, position) <= 0);
    }

    private void copyOrDelete(Bucket of, NativeSlice key, ReadTxn from, Txn<NativeSlice> to) {
        NativeSlice record = from.env().database(of).get(from.txn(), key);
        if (record == null) {
            target.database(of).delete(to, key);
            movedBytes += key.length();
        } else {
            target.database(of).put(to, key, record, REPLACE);
            movedBytes += key.length() + record.length();
        }
    }

    private void advance(long limitBytes, ReadTxn from, Txn<NativeSlice> to) {
        atEnd = false;
        while (movedBytes < limitBytes) {
            if (!append(ORDER.get(bucket), limitBytes, from, to)) {
                return;
            }
            if (bucket == ORDER.size() - 1) {
                atEnd = true;
                return;
            }
            bucket++;
            position = BEGIN;
        }
    }

    /** Appends what comes behind the position; true if that was the rest of the bucket. */
    private boolean append(Bucket of, long limitBytes, ReadTxn from, Txn<NativeSlice> to) {
        try (Cursor<NativeSlice> reading = from.env().database(of).openCursor(from.txn());
                Cursor<NativeSlice> writing = target.database(of).openCursor(to)) {
            boolean found = seekBehindPosition(reading);
            boolean any = found;
            while (found && movedBytes < limitBytes) {
                writing.put(reading.key(), reading.val(), APPEND);
                movedBytes += reading.key().length() + reading.val().length();
                found = reading.next();
            }
            if (any && writing.last()) {
                position = writing.key().toArray();
            }
            return !found;
        }
    }

    private boolean seekBehindPosition(Cursor<NativeSlice> reading) {
        if (position.length == 0) {
            return reading.first();
        }
        boolean found = reading.get(keyScratch.set(position), GetOp.MDB_SET_RANGE);
        boolean isCopied = found && reading.key().compareTo(position) == 0;
        return isCopied ? reading.next() : found;
    }

    /**
     * Compares the number of records of each bucket, which a sound copy that is at its end and nobody writes to has in
     * common with its source: cheap, and the last chance to notice a fault of this class.
     *
     * @throws IllegalStateException if one differs
     */
    void check() {
        try (ReadTxn from = source.acquire();
                ReadTxn to = Objects.requireNonNull(target.acquire())) {
            for (Bucket each : Bucket.values()) {
                if (from.entries(each) != to.entries(each)) {
                    throw new IllegalStateException("the copy has " + to.entries(each) + " records in bucket "
                            + each.bucketName() + " instead of " + from.entries(each));
                }
            }
        }
    }
}

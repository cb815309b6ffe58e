package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.schema.Bucket;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * Appends the records of one environment to another that began empty, some at a time: a position in the order of buckets
 * and keys goes from the first record to the last. One thread at a time.
 *
 * <p>Revisions come last. They are nearly all of the store, and new ones stand behind all others.
 *
 * <p>Records are moved with the checksum they have: one that is damaged stays recognizable as such.
 */
final class RecordAppender {
    /** Everything in ascending order is appended, which fills pages to the last byte. */
    private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};

    private static final List<Bucket> ORDER = Stream.concat(
                    Arrays.stream(Bucket.values()).filter(bucket -> bucket != Bucket.KEY), Stream.of(Bucket.KEY))
            .toList();

    private static final byte[] BEGIN = {};

    private final LmdbEnv target;
    private final NativeSlice keyScratch = NativeSlice.scratch(LongKeys.STORED_LENGTH);

    /** Index of the bucket that the position is in. */
    private int bucket;

    /** Last key that is copied of that bucket; {@link #BEGIN} if none is. */
    private byte[] position = BEGIN;

    private boolean atEnd;

    RecordAppender(LmdbEnv target) {
        this.target = target;
    }

    /** Whether the last call of {@link #advance} saw the end. */
    boolean atEnd() {
        return atEnd;
    }

    /** Whether the position has passed this key. */
    boolean isCopied(Bucket of, byte[] key) {
        int index = ORDER.indexOf(of);
        return index < bucket || (index == bucket && Arrays.compareUnsigned(key, position) <= 0);
    }

    /**
     * Goes on by about {@code limitBytes}.
     *
     * @param from any transaction in which everything up to the position is as it has been copied
     * @param to a transaction of the target
     * @return bytes of the records copied
     */
    long advance(long limitBytes, ReadTxn from, Txn<NativeSlice> to) {
        atEnd = false;
        long moved = 0;
        while (moved < limitBytes) {
            Bucket current = ORDER.get(bucket);
            try (Cursor<NativeSlice> reading = from.env().database(current).openCursor(from.txn());
                    Cursor<NativeSlice> writing = target.database(current).openCursor(to)) {
                boolean found = seekBehindPosition(reading);
                boolean any = found;
                while (found && moved < limitBytes) {
                    writing.put(reading.key(), reading.val(), APPEND);
                    moved += reading.key().length() + reading.val().length();
                    found = reading.next();
                }
                if (any && writing.last()) {
                    position = writing.key().toArray();
                }
                if (found) {
                    return moved;
                }
            }
            if (bucket == ORDER.size() - 1) {
                atEnd = true;
                return moved;
            }
            bucket++;
            position = BEGIN;
        }
        return moved;
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
     * common with its source: cheap, and the last chance to notice a fault in the copying.
     *
     * @throws IllegalStateException if one differs
     */
    void check(ReadTxn from) {
        try (ReadTxn to = Objects.requireNonNull(target.acquire())) {
            for (Bucket each : Bucket.values()) {
                if (from.entries(each) != to.entries(each)) {
                    throw new IllegalStateException("the copy has " + to.entries(each) + " records in bucket "
                            + each.bucketName() + " instead of " + from.entries(each));
                }
            }
        }
    }
}

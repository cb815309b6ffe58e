package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.backend.page.LmdbMeta;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;

/**
 * A read transaction of an environment, with what its reads need again and again. Used by one thread at a time; closing
 * it gives it back to the environment's pool.
 */
public final class ReadTxn implements AutoCloseable {
    private final LmdbEnv env;
    private final Txn<NativeSlice> txn;
    private final NativeSlice keyScratch = NativeSlice.scratch(LongKeys.STORED_LENGTH);
    private final byte[] revisionScratch = new byte[RevisionKey.LENGTH];
    private final RecordChecksum checksum = new RecordChecksum();

    ReadTxn(LmdbEnv env, Txn<NativeSlice> txn) {
        this.env = env;
        this.txn = txn;
    }

    LmdbEnv env() {
        return env;
    }

    Txn<NativeSlice> txn() {
        return txn;
    }

    /** A copy of a value; null if there is no such key. */
    public byte @Nullable [] get(Bucket bucket, byte[] key) {
        return get(bucket, key, keyScratch.set(key));
    }

    /** A copy of the record of a live version; null if there is none. */
    public byte @Nullable [] record(long main, long sub) {
        byte[] key = RevisionKey.fill(revisionScratch, main, sub);
        return get(Bucket.KEY, key, keyScratch.setRevision(main, sub));
    }

    private byte @Nullable [] get(Bucket bucket, byte[] key, NativeSlice nativeKey) {
        NativeSlice stored = stored(bucket, nativeKey);
        if (stored == null) {
            return null;
        }
        if (stored.length() >= RecordChecksum.BYTES) {
            int expected = stored.firstInt();
            byte[] value = RecordTails.mayFollow(bucket, stored.length())
                    ? withTail(bucket, key, stored.here())
                    : stored.toArray(RecordChecksum.BYTES);
            if (checksum.of(bucket, key, value) == expected) {
                return value;
            }
        }
        throw env.errors().damaged(bucket, key);
    }

    private @Nullable NativeSlice stored(Bucket bucket, NativeSlice key) {
        try {
            return env.database(bucket).get(txn, key);
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
    }

    private byte[] withTail(Bucket bucket, byte[] key, NativeSlice head) {
        NativeSlice tail = stored(bucket, keyScratch.set(RecordTails.key(key)));
        if (tail == null) {
            return head.toArray(RecordChecksum.BYTES);
        }
        int headBytes = head.length() - RecordChecksum.BYTES;
        byte[] whole = new byte[headBytes + tail.length()];
        head.copy(RecordChecksum.BYTES, whole, 0, headBytes);
        tail.copy(0, whole, headBytes, tail.length());
        return whole;
    }

    /** A cursor over a bucket, to be closed before this. */
    public LmdbCursor cursor(Bucket bucket) {
        try {
            return new LmdbCursor(env, txn, bucket, keyScratch, checksum);
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
    }

    /** Number of records in a bucket. */
    long entries(Bucket bucket) {
        try {
            return env.database(bucket).stat(txn).entries;
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
    }

    /** Number of pages that a bucket takes. */
    long pages(Bucket bucket) {
        try {
            Stat stat = env.database(bucket).stat(txn);
            return stat.branchPages + stat.leafPages + stat.overflowPages;
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
    }

    /** The meta page that this has begun with; null if it may have been overwritten since, by the second commit behind it. */
    @Nullable
    LmdbMeta meta() throws IOException {
        return env.meta(txn.getId());
    }

    @Override
    public void close() {
        env.release(this);
    }
}

package io.etcetera.mvcc.backend.buffer;

import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes on their way to disk. Written by the thread that has an entry open, read by any: new revisions stand in a
 * {@link RevisionRun}, everything else in a sorted overlay for each bucket, in which {@link #DELETED} marks a removed
 * key. The overlay of the {@code key} bucket takes precedence over the run.
 */
public final class WriteBuffer {
    /** Value of a removed key; compared by identity. */
    public static final byte[] DELETED = new byte[0];

    /** What a write costs beside its bytes, roughly: array headers, links. */
    private static final int OVERHEAD_BYTES = 64;

    private final RevisionRun revisions = new RevisionRun();
    private final Map<Bucket, NavigableMap<byte[], byte[]>> overlays = new EnumMap<>(Bucket.class);

    // The rest belongs to whoever holds the backend's entry lock.
    private int writes;
    private long consistentIndex = -1;
    private long term;

    private volatile long bytes;

    public WriteBuffer() {
        for (Bucket bucket : Bucket.values()) {
            overlays.put(bucket, new ConcurrentSkipListMap<>(Arrays::compareUnsigned));
        }
    }

    public void put(Bucket bucket, byte[] key, byte[] value) {
        NavigableMap<byte[], byte[]> overlay = overlay(bucket);
        if (bucket == Bucket.KEY) {
            if (!RevisionKey.isValid(key)) {
                throw new IllegalArgumentException("bucket key takes revisions only");
            }
            long main = RevisionKey.main(key);
            long sub = RevisionKey.sub(key);
            if (revisions.accepts(main, sub) && (overlay.isEmpty() || !overlay.containsKey(key))) {
                revisions.append(main, sub, key, value);
                count(key.length + value.length);
                return;
            }
        }
        // A value that is the very array of DELETED cannot come in: it never leaves the backend.
        overlay.put(LongKeys.storedKey(key), LongKeys.storedValue(key, value));
        count(key.length + value.length);
    }

    public void delete(Bucket bucket, byte[] key) {
        overlay(bucket).put(LongKeys.storedKey(key), DELETED);
        count(key.length);
    }

    // Only the thread that has the entry open writes; readers need no more than a recent value.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(int size) {
        writes++;
        bytes += size + OVERHEAD_BYTES;
    }

    public void applied(long index, long ofTerm) {
        consistentIndex = index;
        term = ofTerm;
    }

    /** Whether there is nothing to commit. */
    public boolean isClean() {
        return writes == 0 && consistentIndex < 0;
    }

    public int writes() {
        return writes;
    }

    /** Rough size in memory. Any thread. */
    public long bytes() {
        return bytes;
    }

    /** Index of the last whole entry in this buffer; -1 if none moved it. */
    public long consistentIndex() {
        return consistentIndex;
    }

    public long term() {
        return term;
    }

    public RevisionRun revisions() {
        return revisions;
    }

    /** Stored keys to stored values, as {@link LongKeys} makes them. */
    public NavigableMap<byte[], byte[]> overlay(Bucket bucket) {
        return Objects.requireNonNull(overlays.get(bucket));
    }

    /** The stored value of a stored key, {@link #DELETED}, or null if this buffer does not know the key. */
    byte @Nullable [] get(Bucket bucket, byte[] storedKey) {
        NavigableMap<byte[], byte[]> overlay = overlay(bucket);
        byte[] value = overlay.isEmpty() ? null : overlay.get(storedKey);
        if (value == null && bucket == Bucket.KEY && RevisionKey.isValid(storedKey)) {
            RevisionRun run = revisions;
            int size = run.size();
            int index = run.firstNotBelow(storedKey, size);
            return index < size && Arrays.equals(run.key(index), storedKey) ? run.value(index) : null;
        }
        return value;
    }

    /** The record of a live version, {@link #DELETED}, or null if this buffer does not know it. */
    byte @Nullable [] record(long main, long sub) {
        NavigableMap<byte[], byte[]> overlay = overlay(Bucket.KEY);
        if (!overlay.isEmpty()) {
            byte[] value = overlay.get(RevisionKey.of(main, sub));
            if (value != null) {
                return value;
            }
        }
        return revisions.find(main, sub);
    }
}

package io.etcetera.mvcc.schema;

import io.etcetera.mvcc.CorruptStoreException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** Keys of {@link Bucket#META}, and the encoding of the values that the store itself writes. */
public enum MetaKeys {
    /** Index of the last log entry whose effects are in the store: 8 bytes, big-endian. */
    CONSISTENT_INDEX("consistent_index"),
    /** Term of that entry: 8 bytes, big-endian. */
    TERM("term"),
    /** Who votes in the log: JSON, written by the member. */
    CONF_STATE("confState"),
    /** Revision of the last compaction asked for: a {@link RevisionKey}. */
    SCHEDULED_COMPACT_REV("scheduledCompactRev"),
    /** Revision of the last compaction finished: a {@link RevisionKey}. */
    FINISHED_COMPACT_REV("finishedCompactRev"),
    /** Release whose layout the store has: text, written by the member. */
    STORAGE_VERSION("storageVersion");

    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String keyName;

    MetaKeys(String keyName) {
        this.keyName = keyName;
    }

    /** The key, in a fresh array. */
    public byte[] key() {
        return keyName.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a key of the bucket is one of these. */
    public static boolean isOneOf(Set<MetaKeys> names, ByteView key) {
        byte[] bytes = key.toArray();
        return names.stream().anyMatch(name -> Arrays.equals(name.key(), bytes));
    }

    /** Encodes a value of {@link #CONSISTENT_INDEX} or {@link #TERM}. */
    public static byte[] encodeLong(long value) {
        byte[] bytes = new byte[Long.BYTES];
        BIG_ENDIAN_LONG.set(bytes, 0, value);
        return bytes;
    }

    /** Decodes a value of {@link #CONSISTENT_INDEX} or {@link #TERM}. */
    public long decodeLong(byte[] value) {
        if (value.length != Long.BYTES) {
            throw new CorruptStoreException(
                    "bucket meta: " + keyName + " has " + value.length + " bytes instead of " + Long.BYTES);
        }
        return (long) BIG_ENDIAN_LONG.get(value, 0);
    }

    /** Decodes the main revision of a compaction mark. */
    public long decodeRevision(byte[] value) {
        if (!RevisionKey.isValid(value)) {
            throw new CorruptStoreException("bucket meta: " + keyName + " is no revision");
        }
        return RevisionKey.main(value);
    }
}

package io.etcetera.mvcc.backend.buffer;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.Sha256;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * LMDB takes keys of 1 to 511 bytes; names of users and roles have no such limit. A key of more than 510 bytes is kept
 * under its first 479 bytes and its SHA-256, 511 bytes in all, and stands in full before its value. So a key of 511
 * bytes on disk always is such a one. Long keys that share 479 bytes sort by their hash, the only trace of all this.
 */
public final class LongKeys {
    /** Longest key that is stored as it is. */
    static final int MAX_PLAIN = 510;

    /** Length of the stored form of longer ones: LMDB's maximum. */
    public static final int STORED_LENGTH = 511;

    /** What long keys that begin alike have in common on disk. */
    public static final int PREFIX_LENGTH = STORED_LENGTH - Sha256.BYTES;

    private LongKeys() {}

    public static byte[] storedKey(byte[] key) {
        if (key.length <= MAX_PLAIN) {
            if (key.length == 0) {
                throw new IllegalArgumentException("empty key");
            }
            return key;
        }
        byte[] stored = Arrays.copyOf(key, STORED_LENGTH);
        System.arraycopy(Sha256.newDigest().digest(key), 0, stored, PREFIX_LENGTH, Sha256.BYTES);
        return stored;
    }

    static byte[] storedValue(byte[] key, byte[] value) {
        if (key.length <= MAX_PLAIN) {
            return value;
        }
        return ByteBuffer.allocate(Integer.BYTES + key.length + value.length)
                .putInt(key.length)
                .put(key)
                .put(value)
                .array();
    }

    /** The key that was stored. */
    public static byte[] key(byte[] storedKey, byte[] storedValue) {
        return storedKey.length == STORED_LENGTH
                ? Arrays.copyOfRange(storedValue, Integer.BYTES, valueOffset(storedValue))
                : storedKey;
    }

    /** The value that was stored. */
    public static byte[] value(byte[] storedKey, byte[] storedValue) {
        return storedKey.length == STORED_LENGTH
                ? Arrays.copyOfRange(storedValue, valueOffset(storedValue), storedValue.length)
                : storedValue;
    }

    private static int valueOffset(byte[] storedValue) {
        if (storedValue.length >= Integer.BYTES) {
            int keyLength = ByteBuffer.wrap(storedValue).getInt();
            if (keyLength > MAX_PLAIN && keyLength <= storedValue.length - Integer.BYTES) {
                return Integer.BYTES + keyLength;
            }
        }
        throw new CorruptStoreException("the value under a long key does not hold that key");
    }
}

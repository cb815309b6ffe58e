package io.etcetera.mvcc.schema;

import io.etcetera.mvcc.CorruptStoreException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * Keys of {@link Bucket#KEY}, as etcd writes them: main revision (8 bytes, big-endian), an underscore, sub revision (8
 * bytes, big-endian), and for a tombstone the letter t behind them. Their byte order is the order of the revisions.
 */
public final class RevisionKey {
    /** Bytes of the key of a live version, and of the values of the compaction marks. */
    public static final int LENGTH = 17;

    /** Bytes of the key of a tombstone. */
    public static final int TOMBSTONE_LENGTH = 18;

    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int SUB_OFFSET = 9;

    private RevisionKey() {}

    /** The key of a live version. */
    public static byte[] of(long main, long sub) {
        return fill(new byte[LENGTH], main, sub);
    }

    /** The key of a tombstone. */
    public static byte[] ofTombstone(long main, long sub) {
        byte[] key = fill(new byte[TOMBSTONE_LENGTH], main, sub);
        key[LENGTH] = 't';
        return key;
    }

    /** Writes the key of a live version to the first {@link #LENGTH} bytes of an array, and returns it. */
    public static byte[] fill(byte[] key, long main, long sub) {
        BIG_ENDIAN_LONG.set(key, 0, main);
        key[8] = '_';
        BIG_ENDIAN_LONG.set(key, SUB_OFFSET, sub);
        return key;
    }

    /** Whether {@code key} has the shape of a revision key. */
    public static boolean isValid(byte[] key) {
        return (key.length == LENGTH || (key.length == TOMBSTONE_LENGTH && key[LENGTH] == 't')) && key[8] == '_';
    }

    public static long main(byte[] key) {
        return (long) BIG_ENDIAN_LONG.get(key, 0);
    }

    public static long sub(byte[] key) {
        return (long) BIG_ENDIAN_LONG.get(key, SUB_OFFSET);
    }

    public static boolean isTombstone(byte[] key) {
        return key.length == TOMBSTONE_LENGTH;
    }

    /** Throws unless the view has the shape of a revision key. */
    public static void check(ByteView key) {
        int length = key.length();
        if ((length != LENGTH && (length != TOMBSTONE_LENGTH || key.at(LENGTH) != 't')) || key.at(8) != '_') {
            throw new CorruptStoreException("bucket key holds a key that is no revision: "
                    + HexFormat.of().formatHex(key.toArray()));
        }
    }

    public static long main(ByteView key) {
        return longAt(key, 0);
    }

    public static long sub(ByteView key) {
        return longAt(key, SUB_OFFSET);
    }

    public static boolean isTombstone(ByteView key) {
        return key.length() == TOMBSTONE_LENGTH;
    }

    private static long longAt(ByteView view, int from) {
        long value = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            value = (value << 8) | (view.at(i) & 0xff);
        }
        return value;
    }
}

package io.etcetera.mvcc.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The keys between the children of a branch. Immutable.
 *
 * <p>A search would touch a different array object, hence memory far away, at each step; so the first eight bytes behind
 * the common prefix of each separator stand side by side as numbers, and mostly decide.
 */
final class Separators {
    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final byte[] NO_PREFIX = {};

    private final byte[][] keys;
    private final byte[] prefix;
    private final long[] heads;

    /** Keeps the array. */
    Separators(byte[][] keys) {
        this.keys = keys;
        this.prefix = keys.length == 0 ? NO_PREFIX : commonPrefix(keys[0], keys[keys.length - 1]);
        this.heads = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            heads[i] = head(keys[i], prefix.length);
        }
    }

    int count() {
        return keys.length;
    }

    byte[] get(int index) {
        return keys[index];
    }

    /** How many separators are not above the key. */
    int countUpTo(byte[] key) {
        int byPrefix = Arrays.compareUnsigned(key, 0, Math.min(key.length, prefix.length), prefix, 0, prefix.length);
        if (byPrefix != 0) {
            return byPrefix < 0 ? 0 : keys.length;
        }
        long head = head(key, prefix.length);
        int low = 0;
        int high = keys.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(head, heads[middle]);
            if (order == 0) {
                order = Arrays.compareUnsigned(key, keys[middle]);
            }
            if (order < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** With the separators in [from, to) replaced. */
    Separators splice(int from, int to, byte[]... replacement) {
        byte[][] spliced = new byte[keys.length - (to - from) + replacement.length][];
        System.arraycopy(keys, 0, spliced, 0, from);
        System.arraycopy(replacement, 0, spliced, from, replacement.length);
        System.arraycopy(keys, to, spliced, from + replacement.length, keys.length - to);
        return new Separators(spliced);
    }

    Separators slice(int from, int to) {
        return new Separators(Arrays.copyOfRange(keys, from, to));
    }

    /** These, the one between, and those behind. */
    Separators join(byte[] between, Separators behind) {
        byte[][] joined = Arrays.copyOf(keys, keys.length + 1 + behind.keys.length);
        joined[keys.length] = between;
        System.arraycopy(behind.keys, 0, joined, keys.length + 1, behind.keys.length);
        return new Separators(joined);
    }

    private static byte[] commonPrefix(byte[] first, byte[] last) {
        return Arrays.copyOf(first, Bytes.commonPrefixLength(first, last));
    }

    /** Eight bytes from a position on as a number that compares like them, short ones filled up with zeros. */
    private static long head(byte[] key, int from) {
        if (key.length - from >= Long.BYTES) {
            return (long) BIG_ENDIAN_LONG.get(key, from);
        }
        long head = 0;
        for (int i = from; i < key.length; i++) {
            head |= (key[i] & 0xffL) << (56 - 8 * (i - from));
        }
        return head;
    }
}

package io.etcetera.mvcc;

import java.util.Arrays;

/**
 * The keys of a request, under etcd's rules: an empty end means the single key {@code start}; an end of one zero byte
 * means every key from {@code start} on; otherwise the half-open interval [start, end), empty when end &lt;= start.
 */
public final class KeyRange {
    private static final byte[] OPEN_END = {0};

    private final byte[] start;
    private final byte[] end;

    private KeyRange(byte[] start, byte[] end) {
        this.start = start;
        this.end = end;
    }

    /** Arrays are kept, not copied. */
    public static KeyRange of(byte[] start, byte[] end) {
        return new KeyRange(start, end);
    }

    /** The single key. */
    public static KeyRange single(byte[] key) {
        return new KeyRange(key, new byte[0]);
    }

    public byte[] start() {
        return start;
    }

    /** As in the request: empty for a single key, one zero byte for "from start on". */
    public byte[] end() {
        return end;
    }

    public boolean isSingle() {
        return end.length == 0;
    }

    public boolean isOpenEnded() {
        return Arrays.equals(end, OPEN_END);
    }

    /** True if no key can be inside. */
    public boolean isEmpty() {
        return !isSingle() && !isOpenEnded() && Arrays.compareUnsigned(start, end) >= 0;
    }

    public boolean contains(byte[] key) {
        if (isSingle()) {
            return Arrays.equals(start, key);
        }
        return Arrays.compareUnsigned(start, key) <= 0 && (isOpenEnded() || Arrays.compareUnsigned(key, end) < 0);
    }
}

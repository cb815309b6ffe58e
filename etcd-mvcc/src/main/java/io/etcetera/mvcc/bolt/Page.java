package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.util.Arrays;

/**
 * A branch or leaf page in memory, every offset and count of which has been checked when it was loaded, and whose keys
 * ascend. Made to be loaded again: the buffer stays, and grows to the largest page. Not thread-safe.
 */
final class Page {
    /** A value of etcd is far smaller; a page that claims more is damaged, and memory must not be the first to tell. */
    private static final long LARGEST_RUN_BYTES = 1L << 30;

    private final PageSource source;
    private byte[] bytes;
    private long id;
    private int base;
    private int count;
    private boolean leaf;

    Page(PageSource source) {
        this.source = source;
        this.bytes = new byte[source.pageBytes()];
    }

    /** Loads the page {@code wanted} of the file. */
    void load(long wanted) throws IOException {
        id = wanted;
        base = 0;
        if (wanted < BoltFormat.META_PAGES || wanted >= source.highWater()) {
            throw source.damaged(
                    wanted, "a page refers to it, but the file has the pages 2 to " + (source.highWater() - 1));
        }
        int pageBytes = source.pageBytes();
        source.read(wanted, bytes, 0, pageBytes);
        if (BoltFormat.i64(bytes, 0) != wanted) {
            throw source.damaged(wanted, "it says that it is page " + Long.toUnsignedString(BoltFormat.i64(bytes, 0)));
        }
        long run = BoltFormat.u32(bytes, 12) + 1;
        if (run > source.highWater() - wanted || run * pageBytes > LARGEST_RUN_BYTES) {
            throw source.damaged(wanted, "it spans " + run + " pages");
        }
        int limit = (int) (run * pageBytes);
        parseHeader(limit);
        fill(pageBytes, elementsEnd());
        fill(Math.max(pageBytes, elementsEnd()), checkElements(limit));
        checkOrder();
    }

    /** Loads the leaf that stands in a bucket's value, which is copied. */
    void loadInline(long holder, BoltSlice value) throws IOException {
        id = holder;
        base = BoltFormat.BUCKET_HEADER_BYTES;
        int limit = value.length();
        if (limit < base + BoltFormat.PAGE_HEADER_BYTES) {
            throw source.damaged(holder, "a bucket inside it has " + limit + " bytes");
        }
        if (bytes.length < limit) {
            bytes = new byte[limit];
        }
        value.copy(0, bytes, 0, limit);
        parseHeader(limit);
        if (!leaf) {
            throw source.damaged(holder, "a bucket inside it is no leaf");
        }
        checkElements(limit);
        checkOrder();
    }

    private void parseHeader(int limit) throws BoltFormatException {
        int flags = BoltFormat.u16(bytes, base + 8);
        if (flags != BoltFormat.BRANCH && flags != BoltFormat.LEAF) {
            throw source.damaged(id, "it is neither branch nor leaf, its flags are 0x" + Integer.toHexString(flags));
        }
        leaf = flags == BoltFormat.LEAF;
        count = BoltFormat.u16(bytes, base + 10);
        if (elementsEnd() > limit) {
            throw source.damaged(id, "its " + count + " elements do not fit into its " + limit + " bytes");
        }
        if (!leaf && count == 0) {
            throw source.damaged(id, "it is a branch without children");
        }
    }

    private int elementsEnd() {
        return element(count);
    }

    private int element(int index) {
        return base + BoltFormat.PAGE_HEADER_BYTES + index * BoltFormat.ELEMENT_BYTES;
    }

    /** Reads up to {@code to} what lies behind {@code from}. */
    private void fill(int from, int to) throws IOException {
        if (to <= from) {
            return;
        }
        if (bytes.length < to) {
            bytes = Arrays.copyOf(bytes, to);
        }
        source.read(id, bytes, from, to);
    }

    /** Checks that all elements point into the page, and returns the end of what they point to. */
    private int checkElements(int limit) throws BoltFormatException {
        int end = elementsEnd();
        for (int i = 0; i < count; i++) {
            int at = element(i);
            long start = at + BoltFormat.u32(bytes, leaf ? at + 4 : at);
            long keyBytes = BoltFormat.u32(bytes, leaf ? at + 8 : at + 4);
            long valueBytes = leaf ? BoltFormat.u32(bytes, at + 12) : 0;
            if (start < elementsEnd() || start + keyBytes + valueBytes > limit) {
                throw source.damaged(id, "its element " + i + " points outside of it");
            }
            if (keyBytes > BoltFormat.MAX_KEY_BYTES) {
                throw source.damaged(id, "its element " + i + " has a key of " + keyBytes + " bytes");
            }
            checkFlags(i, valueBytes);
            end = (int) Math.max(end, start + keyBytes + valueBytes);
        }
        return end;
    }

    private void checkFlags(int index, long valueBytes) throws BoltFormatException {
        if (!leaf) {
            return;
        }
        int flags = BoltFormat.i32(bytes, element(index));
        if (flags != 0 && flags != BoltFormat.BUCKET) {
            throw source.damaged(id, "its element " + index + " has the flags 0x" + Integer.toHexString(flags));
        }
        if (flags == BoltFormat.BUCKET && valueBytes < BoltFormat.BUCKET_HEADER_BYTES) {
            throw source.damaged(id, "its element " + index + " is a bucket of " + valueBytes + " bytes");
        }
    }

    private void checkOrder() throws BoltFormatException {
        for (int i = 1; i < count; i++) {
            if (compareKeys(this, i - 1, this, i) >= 0) {
                throw source.damaged(id, "its keys do not ascend at element " + i);
            }
        }
    }

    long id() {
        return id;
    }

    boolean isLeaf() {
        return leaf;
    }

    /** Number of elements. */
    int count() {
        return count;
    }

    /** Child of a branch. */
    long child(int index) {
        return BoltFormat.i64(bytes, element(index) + 8);
    }

    /** Whether an element of a leaf is a bucket. */
    boolean isBucket(int index) {
        return BoltFormat.i32(bytes, element(index)) == BoltFormat.BUCKET;
    }

    private int keyAt(int index) {
        int at = element(index);
        return at + BoltFormat.i32(bytes, leaf ? at + 4 : at);
    }

    private int keyBytes(int index) {
        return BoltFormat.i32(bytes, element(index) + (leaf ? 8 : 4));
    }

    void key(int index, BoltSlice slice) {
        slice.set(bytes, keyAt(index), keyBytes(index));
    }

    /** Value of a leaf's element. */
    void value(int index, BoltSlice slice) {
        slice.set(bytes, keyAt(index) + keyBytes(index), BoltFormat.i32(bytes, element(index) + 12));
    }

    int compareKey(int index, byte[] key) {
        int at = keyAt(index);
        return Arrays.compareUnsigned(bytes, at, at + keyBytes(index), key, 0, key.length);
    }

    static int compareKeys(Page a, int indexInA, Page b, int indexInB) {
        int atA = a.keyAt(indexInA);
        int atB = b.keyAt(indexInB);
        return Arrays.compareUnsigned(
                a.bytes, atA, atA + a.keyBytes(indexInA), b.bytes, atB, atB + b.keyBytes(indexInB));
    }

    /** Index of the first element whose key is not below {@code key}; the count of elements if there is none. */
    int lowerBound(byte[] key) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compareKey(middle, key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Index of the child of a branch that holds {@code key} if any does. */
    int childFor(byte[] key) {
        int index = lowerBound(key);
        return index < count && compareKey(index, key) == 0 ? index : Math.max(0, index - 1);
    }
}

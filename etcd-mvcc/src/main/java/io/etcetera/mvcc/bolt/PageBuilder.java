package io.etcetera.mvcc.bolt;

import io.etcetera.mvcc.schema.ByteView;
import java.io.IOException;
import java.util.Arrays;

/**
 * Gathers the elements of one page, branch or leaf, and lays them out: header, elements, then keys and values. Made to be
 * used for one page after the other. One thread.
 */
final class PageBuilder {
    /** A leaf that would have more of its last page empty than this part of it all goes on... */
    private static final int LARGEST_WASTE = 16;

    /** ...up to this size. */
    private static final int LONG_LEAF_BYTES = 1 << 16;

    private final boolean leaf;
    private final int pageBytes;

    /** Keys and values, one behind the other. */
    private byte[] data;

    private int dataBytes;
    private int count;
    private int[] keyBytes = new int[64];
    /** Of a leaf; 0 in a branch. */
    private int[] valueBytes = new int[64];
    /** Child of a branch's element, flags of a leaf's. */
    private long[] marks = new long[64];

    private byte[] page = {};

    PageBuilder(boolean leaf, int pageBytes) {
        this.leaf = leaf;
        this.pageBytes = pageBytes;
        this.data = new byte[pageBytes];
    }

    int count() {
        return count;
    }

    /** Whether one more element with so many bytes of key and value fits into a single page. */
    boolean fits(long bytes) {
        return count < BoltFormat.MAX_ELEMENTS && used() + BoltFormat.ELEMENT_BYTES + bytes <= pageBytes;
    }

    /**
     * Whether a leaf should take one more element with so many bytes. Records of about a page, as etcd's often are, would leave half
     * of their pages empty if each had its own; so a leaf spans as many as it takes to fill them.
     */
    boolean shouldTake(long bytes) {
        if (fits(bytes)) {
            return true;
        }
        long used = used();
        long room = (used + pageBytes - 1) / pageBytes * pageBytes;
        return count < BoltFormat.MAX_ELEMENTS
                && (used + BoltFormat.ELEMENT_BYTES + bytes <= room
                        || (room < LONG_LEAF_BYTES && (room - used) * LARGEST_WASTE > room));
    }

    private long used() {
        return BoltFormat.PAGE_HEADER_BYTES + (long) count * BoltFormat.ELEMENT_BYTES + dataBytes;
    }

    void addEntry(ByteView key, ByteView value, int flags) {
        reserve(key.length() + value.length());
        key.copy(0, data, dataBytes, key.length());
        value.copy(0, data, dataBytes + key.length(), value.length());
        added(key.length(), value.length(), flags);
    }

    void addChild(byte[] key, long child) {
        reserve(key.length);
        System.arraycopy(key, 0, data, dataBytes, key.length);
        added(key.length, 0, child);
    }

    private void reserve(int bytes) {
        int needed = Math.addExact(dataBytes, bytes);
        if (needed > data.length) {
            data = Arrays.copyOf(data, needed);
        }
        if (count == marks.length) {
            keyBytes = Arrays.copyOf(keyBytes, count * 2);
            valueBytes = Arrays.copyOf(valueBytes, count * 2);
            marks = Arrays.copyOf(marks, count * 2);
        }
    }

    private void added(int key, int value, long mark) {
        keyBytes[count] = key;
        valueBytes[count] = value;
        marks[count] = mark;
        count++;
        dataBytes += key + value;
    }

    /** The first key, which is there unless the page is empty. */
    byte[] firstKey() {
        return count == 0 ? new byte[0] : Arrays.copyOf(data, keyBytes[0]);
    }

    /** Takes the last element of a branch out of this page, to be the first of the next. */
    byte[] removeLastKey() {
        count--;
        dataBytes -= keyBytes[count];
        return Arrays.copyOfRange(data, dataBytes, dataBytes + keyBytes[count]);
    }

    /** Child of the element that {@link #removeLastKey} has just taken out. */
    long removedChild() {
        return marks[count];
    }

    /** Writes the page, and begins the next; returns the ID it was given. */
    long flush(PageSink sink) throws IOException {
        long id = sink.nextId();
        int length = layOut(id);
        sink.write(page, length);
        return id;
    }

    private int layOut(long id) {
        int dataAt = BoltFormat.PAGE_HEADER_BYTES + count * BoltFormat.ELEMENT_BYTES;
        int used = Math.addExact(dataAt, dataBytes);
        int pages = Math.max(1, (int) (((long) used + pageBytes - 1) / pageBytes));
        int length = Math.multiplyExact(pages, pageBytes);
        if (page.length < length) {
            page = new byte[length];
        }
        BoltFormat.putI64(page, 0, id);
        BoltFormat.putU16(page, 8, leaf ? BoltFormat.LEAF : BoltFormat.BRANCH);
        BoltFormat.putU16(page, 10, count);
        BoltFormat.putI32(page, 12, pages - 1);
        int at = dataAt;
        for (int i = 0; i < count; i++) {
            putElement(i, BoltFormat.PAGE_HEADER_BYTES + i * BoltFormat.ELEMENT_BYTES, at);
            at += keyBytes[i] + valueBytes[i];
        }
        System.arraycopy(data, 0, page, dataAt, dataBytes);
        Arrays.fill(page, used, length, (byte) 0);
        count = 0;
        dataBytes = 0;
        return length;
    }

    private void putElement(int index, int element, int dataAt) {
        int offset = dataAt - element;
        if (leaf) {
            BoltFormat.putI32(page, element, (int) marks[index]);
            BoltFormat.putI32(page, element + 4, offset);
            BoltFormat.putI32(page, element + 8, keyBytes[index]);
            BoltFormat.putI32(page, element + 12, valueBytes[index]);
        } else {
            BoltFormat.putI32(page, element, offset);
            BoltFormat.putI32(page, element + 4, keyBytes[index]);
            BoltFormat.putI64(page, element + 8, marks[index]);
        }
    }
}

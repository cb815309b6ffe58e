package io.etcetera.mvcc.bolt;

import io.etcetera.mvcc.schema.ByteView;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.Checksum;

/** Bytes of a key or a value inside a page's buffer; they change when the cursor moves. Not thread-safe. */
public final class BoltSlice implements ByteView {
    private byte[] bytes = {};
    private int offset;
    private int length;

    BoltSlice() {}

    BoltSlice set(byte[] array, int from, int size) {
        bytes = array;
        offset = from;
        length = size;
        return this;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public byte at(int index) {
        return bytes[offset + Objects.checkIndex(index, length)];
    }

    @Override
    public void copy(int from, byte[] target, int targetFrom, int count) {
        Objects.checkFromIndexSize(from, count, length);
        System.arraycopy(bytes, offset + from, target, targetFrom, count);
    }

    /** Feeds all its bytes to a checksum. */
    public void update(Checksum checksum) {
        checksum.update(bytes, offset, length);
    }

    /** Whether it has just these bytes. */
    public boolean contentEquals(byte[] other) {
        return Arrays.equals(bytes, offset, offset + length, other, 0, other.length);
    }
}

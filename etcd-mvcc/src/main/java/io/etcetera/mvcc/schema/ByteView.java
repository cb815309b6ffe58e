package io.etcetera.mvcc.schema;

/**
 * Read access to a run of bytes, whose memory may be used again for the next run, so that a record can be decoded without
 * an array of its own. A view handed to a callback is valid only during that call. Not thread-safe.
 */
public interface ByteView {

    int length();

    /** The byte at {@code index}, from 0. Throws {@link IndexOutOfBoundsException} outside the view. */
    byte at(int index);

    /** Copies {@code length} bytes, beginning at {@code from}, to {@code target}. */
    void copy(int from, byte[] target, int targetFrom, int length);

    /** A copy of {@code length} bytes beginning at {@code from}. */
    default byte[] toArray(int from, int length) {
        byte[] bytes = new byte[length];
        copy(from, bytes, 0, length);
        return bytes;
    }

    /** A copy of all bytes. */
    default byte[] toArray() {
        return toArray(0, length());
    }

    /** A view of an array, which is not copied. */
    static ByteView of(byte[] bytes) {
        return new ByteView() {
            @Override
            public int length() {
                return bytes.length;
            }

            @Override
            public byte at(int index) {
                return bytes[index];
            }

            @Override
            public void copy(int from, byte[] target, int targetFrom, int length) {
                System.arraycopy(bytes, from, target, targetFrom, length);
            }
        };
    }
}

package io.etcetera.mvcc.backend.env;

import java.nio.ByteOrder;
import java.util.Objects;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * A run of bytes outside the heap: either a place in LMDB's map, valid until the transaction that led to it ends, or
 * scratch memory of its own. Confined to the thread that uses its transaction.
 */
final class NativeSlice {
    /** All of memory: offsets into it are addresses. */
    private static final Pointer MEMORY =
            Runtime.getSystemRuntime().getMemoryManager().newPointer(0L);

    /** Keeps scratch memory from being freed; null for a place in the map. */
    private final @Nullable Pointer owned;

    private long address;
    private int length;

    private NativeSlice(@Nullable Pointer owned, long address) {
        this.owned = owned;
        this.address = address;
    }

    /** A slice that LMDB points at its map. */
    static NativeSlice unset() {
        return new NativeSlice(null, 0);
    }

    /** Scratch memory of {@code capacity} bytes, empty at first; freed with the object. */
    static NativeSlice scratch(int capacity) {
        Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), capacity);
        return new NativeSlice(memory, memory.address());
    }

    /** Points at what the {@code MDB_val} at {@code struct} describes. */
    void read(Pointer struct) {
        long size = struct.getLongLong(0);
        if (size > Integer.MAX_VALUE) {
            throw new IllegalStateException("a record of " + size + " bytes is too large");
        }
        length = (int) size;
        address = struct.getLongLong(Long.BYTES);
    }

    /** Describes these bytes, or {@code size} bytes to be reserved, in the {@code MDB_val} at {@code struct}. */
    void write(Pointer struct, int size) {
        struct.putLongLong(0, size);
        struct.putLongLong(Long.BYTES, address);
    }

    /** Fills the memory that LMDB has reserved for exactly a number, big-endian, and the first {@code count} bytes of an array behind it. */
    void fill(int first, byte[] bytes, int count) {
        checkReserved(Integer.BYTES + count);
        MEMORY.putInt(address, bigEndian(first));
        MEMORY.put(address + Integer.BYTES, bytes, 0, count);
    }

    /** Fills the memory that LMDB has reserved for exactly {@code count} bytes of an array. */
    void fill(byte[] bytes, int from, int count) {
        checkReserved(count);
        MEMORY.put(address, bytes, from, count);
    }

    private void checkReserved(int bytes) {
        if (length != bytes) {
            throw new IllegalStateException("reserved " + length + " bytes for " + bytes);
        }
    }

    /** The number in the first 4 bytes, big-endian. */
    int firstInt() {
        Objects.checkFromIndexSize(0, Integer.BYTES, length);
        return bigEndian(MEMORY.getInt(address));
    }

    /** Puts an array into scratch memory. */
    NativeSlice set(byte[] bytes) {
        Objects.requireNonNull(owned);
        if (bytes.length > owned.size()) {
            throw new IllegalArgumentException("a key of " + bytes.length + " bytes is too long");
        }
        MEMORY.put(address, bytes, 0, bytes.length);
        length = bytes.length;
        return this;
    }

    /** Puts the key of a live version into scratch memory, as {@code RevisionKey} encodes it. */
    NativeSlice setRevision(long main, long sub) {
        Objects.requireNonNull(owned);
        MEMORY.putLongLong(address, bigEndian(main));
        MEMORY.putByte(address + 8, (byte) '_');
        MEMORY.putLongLong(address + 9, bigEndian(sub));
        length = 17;
        return this;
    }

    private static long bigEndian(long value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
    }

    private static int bigEndian(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
    }

    /** Compares as unsigned bytes, the order of LMDB's keys. */
    int compareTo(byte[] other) {
        int common = Math.min(length, other.length);
        for (int i = 0; i < common; i++) {
            int difference = (MEMORY.getByte(address + i) & 0xff) - (other[i] & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return length - other.length;
    }

    int length() {
        return length;
    }

    /** Whether exactly {@code end} stands from {@code from} on. */
    boolean endsWith(int from, byte[] end) {
        if (length != from + end.length) {
            return false;
        }
        for (int i = 0; i < end.length; i++) {
            if (MEMORY.getByte(address + from + i) != end[i]) {
                return false;
            }
        }
        return true;
    }

    /** The same place, whatever this one is made to point at later. */
    NativeSlice here() {
        NativeSlice same = new NativeSlice(owned, address);
        same.length = length;
        return same;
    }

    /** Copies {@code count} bytes, beginning at {@code from}, to a place of {@code target}. */
    void copy(int from, byte[] target, int targetFrom, int count) {
        Objects.checkFromIndexSize(from, count, length);
        Objects.checkFromIndexSize(targetFrom, count, target.length);
        MEMORY.get(address + from, target, targetFrom, count);
    }

    /** A copy of the bytes from {@code from} on. */
    byte[] toArray(int from) {
        byte[] bytes = new byte[length - from];
        copy(from, bytes, 0, bytes.length);
        return bytes;
    }

    /** A copy of all bytes. */
    byte[] toArray() {
        return toArray(0);
    }
}

package io.etcetera.mvcc.backend.env;

import java.util.Arrays;
import java.util.Comparator;
import jnr.ffi.Pointer;
import org.lmdbjava.BufferProxy;

/**
 * Lets lmdbjava speak {@link NativeSlice}. Its own proxies reach into {@code java.nio} by reflection, which costs the
 * JVM flags {@code --add-opens}, or copy every value twice; this one needs neither.
 */
final class NativeSliceProxy extends BufferProxy<NativeSlice> {

    @Override
    protected NativeSlice allocate() {
        return NativeSlice.unset();
    }

    @Override
    protected void deallocate(NativeSlice slice) {
        // Scratch memory is freed with its object; a place in the map is not ours.
    }

    @Override
    protected byte[] getBytes(NativeSlice slice) {
        return slice.toArray();
    }

    // lmdbjava wants comparators for its iterators, which are not used here. LMDB itself compares unsigned bytes.

    @Override
    protected Comparator<NativeSlice> getUnsignedComparator() {
        return (a, b) -> Arrays.compareUnsigned(a.toArray(), b.toArray());
    }

    @Override
    protected Comparator<NativeSlice> getSignedComparator() {
        return getUnsignedComparator();
    }

    // lmdbjava wants the Pointer of an object that it must keep alive during the call. Our slices keep their own.
    @Override
    @SuppressWarnings("NullAway")
    protected Pointer in(NativeSlice slice, Pointer struct) {
        slice.write(struct, slice.length());
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    protected Pointer in(NativeSlice slice, int size, Pointer struct) {
        slice.write(struct, size);
        return null;
    }

    @Override
    protected NativeSlice out(NativeSlice slice, Pointer struct) {
        slice.read(struct);
        return slice;
    }
}

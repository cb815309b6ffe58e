package io.etcetera.server.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where other members get the whole store from. Called on threads that may block. */
public interface StateSource {
    /** Of a member that gives no copies. */
    StateSource NONE = (index, copyId) -> {
        throw new IOException("this member gives no copies of its store");
    };

    /**
     * Opens a copy that holds at least the log entries up to {@code index}. Interrupted when nobody wants it any more.
     *
     * @param copyId a copy that the receiver has a part of, to be preferred if it is still to be had and holds the
     *     entries; empty if there is none
     */
    Copy open(long index, String copyId) throws IOException, InterruptedException;

    /** A copy that does not change, read from its first byte to its last. One thread at a time. */
    interface Copy extends AutoCloseable {
        /** Names it: the same ID means the same bytes. Not empty. */
        String id();

        /** Its size in bytes. */
        long length();

        /** Goes on by filling the target, which has an array. There are as many bytes left as it has room for. */
        void read(ByteBuffer target) throws IOException;

        @Override
        void close();
    }
}

package io.etcetera.raft.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file, seen by position. Reads may come from any thread; one thread at a time writes and forces. */
interface WalFile extends Closeable {
    /**
     * Fills {@code target} from {@code position} on. Being interrupted does not disturb it.
     *
     * @return bytes read; fewer than asked for only where the file ends, then possibly 0
     * @throws java.nio.channels.ClosedChannelException if this file has been closed
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all of {@code source} at {@code position}, extending the file where needed. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Makes the file's content durable, and with {@code metadata} all that is known about the file too. */
    void force(boolean metadata) throws IOException;

    /** Size in bytes. */
    long size() throws IOException;
}

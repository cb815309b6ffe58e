package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads pages by their ID, and says where they are damaged. Thread-safe, as positional reads of a channel are. */
final class PageSource {
    /** Largest read at once: the JDK keeps a buffer of that size for the thread. */
    private static final int CHUNK_BYTES = 1 << 17;

    private final FileChannel channel;
    private final String file;
    private final BoltMeta meta;

    PageSource(FileChannel channel, String file, BoltMeta meta) {
        this.channel = channel;
        this.file = file;
        this.meta = meta;
    }

    int pageBytes() {
        return meta.pageBytes();
    }

    /** First page that does not exist. */
    long highWater() {
        return meta.highWater();
    }

    /** Fills {@code bytes[from..to)} with what stands at these offsets of the page {@code id}, which exists. */
    void read(long id, byte[] bytes, int from, int to) throws IOException {
        long start = id * pageBytes();
        int at = from;
        while (at < to) {
            ByteBuffer chunk = ByteBuffer.wrap(bytes, at, Math.min(to - at, CHUNK_BYTES));
            int read = channel.read(chunk, start + at);
            if (read < 0) {
                throw damaged(id, "the file ends inside it");
            }
            at += read;
        }
    }

    BoltFormatException damaged(long id, String what) {
        String place = id < 0 || id >= meta.highWater() ? "" : " (offset " + id * pageBytes() + ")";
        return new BoltFormatException(file + " is damaged at page " + Long.toUnsignedString(id) + place + ": " + what);
    }
}

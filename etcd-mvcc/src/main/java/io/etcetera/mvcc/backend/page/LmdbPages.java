package io.etcetera.mvcc.backend.page;

import io.etcetera.mvcc.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads pages of an LMDB file by number, some at a time with a small cache, because a walk over a store that was written
 * in order visits neighbours. Not thread-safe.
 */
final class LmdbPages {
    private static final int CACHED_CHUNKS = 32;

    private final Source source;
    private final int chunkBytes;
    private final String file;
    private final int pageBytes;
    private final long fileBytes;
    private final Map<Long, ByteBuffer> chunks = new LinkedHashMap<>(CACHED_CHUNKS, 0.75f, true);

    /** Where the bytes are. */
    @FunctionalInterface
    interface Source {
        /** Reads from {@code position} until the buffer is full or the file ends. */
        void fill(ByteBuffer buffer, long position) throws IOException;
    }

    /**
     * @param file its name, for messages
     * @param chunkBytes how much is read at a time: a multiple of all page sizes
     */
    LmdbPages(Source source, long fileBytes, String file, int pageBytes, int chunkBytes) {
        this.source = source;
        this.fileBytes = fileBytes;
        this.file = file;
        this.pageBytes = pageBytes;
        this.chunkBytes = chunkBytes;
    }

    /** Of a file that is read as a whole: a megabyte at a time. */
    static LmdbPages ofFile(FileChannel channel, String file, int pageBytes) throws IOException {
        Source source = (buffer, position) -> RawFile.fill(channel, buffer, position);
        return new LmdbPages(source, channel.size(), file, pageBytes, 1 << 20);
    }

    int pageBytes() {
        return pageBytes;
    }

    /** How many whole pages the file has. */
    long count() {
        return fileBytes / pageBytes;
    }

    /** The page's bytes, from position 0 to its size. */
    ByteBuffer read(long page) throws IOException {
        if (page < 0 || page >= fileBytes / pageBytes) {
            throw damaged(page, "page lies beyond the end of the file, which has " + fileBytes + " bytes");
        }
        long offset = page * pageBytes;
        ByteBuffer chunk = chunk(offset / chunkBytes);
        return chunk.slice((int) (offset % chunkBytes), pageBytes).order(ByteOrder.nativeOrder());
    }

    private ByteBuffer chunk(long number) throws IOException {
        ByteBuffer cached = chunks.get(number);
        if (cached != null) {
            return cached;
        }
        ByteBuffer chunk = chunks.size() < CACHED_CHUNKS ? ByteBuffer.allocate(chunkBytes) : evictOldest();
        long position = number * chunkBytes;
        source.fill(chunk.clear(), position);
        chunk.clear();
        chunks.put(number, chunk);
        return chunk;
    }

    private ByteBuffer evictOldest() {
        Long oldest = chunks.keySet().iterator().next();
        ByteBuffer chunk = chunks.remove(oldest);
        if (chunk == null) {
            throw new IllegalStateException("cache lost chunk " + oldest);
        }
        return chunk;
    }

    CorruptStoreException damaged(long page, String what) {
        return new CorruptStoreException("store " + file + " is damaged at page " + page + " (offset "
                + page * pageBytes + "): " + what + "; " + LmdbFile.REMEDY);
    }
}

package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A bbolt file, open for reading; nobody may write to it meanwhile. Pages are read as they are needed and checked before
 * anything is taken from them: whatever the file holds, the outcome is data or a {@link BoltFormatException}. Bytes behind
 * the pages that its meta page speaks of, such as a snapshot's checksum, are ignored. Thread-safe.
 */
public final class BoltFile implements AutoCloseable {
    private final FileChannel channel;
    private final BoltMeta meta;
    private final PageSource source;

    private BoltFile(FileChannel channel, BoltMeta meta, String file) {
        this.channel = channel;
        this.meta = meta;
        this.source = new PageSource(channel, file, meta);
    }

    /**
     * Opens a file.
     *
     * @throws BoltFormatException if it is no bbolt file, or ends before its last page
     */
    public static BoltFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new BoltFile(channel, new MetaSearch(channel, file.toString()).newest(), file.toString());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Bytes of a page. */
    public int pageBytes() {
        return meta.pageBytes();
    }

    /** Bytes of all pages ever used: what a snapshot of the file has, without its checksum. */
    public long sizeBytes() {
        return meta.highWater() * meta.pageBytes();
    }

    /** The bucket that holds all others. */
    public BoltBucket root() {
        return BoltBucket.atPage(source, meta.root());
    }

    /** The bucket of a name, such as {@code key}. */
    public Optional<BoltBucket> bucket(String name) throws IOException {
        return root().bucket(name.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

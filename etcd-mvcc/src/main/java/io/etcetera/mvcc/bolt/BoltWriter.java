package io.etcetera.mvcc.bolt;

import io.etcetera.mvcc.schema.ByteView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a bbolt file from start to end, bucket by bucket, in bytewise order of buckets and keys. Holds one unfinished page
 * for each level of two trees, whatever the size of the file. The file has no free pages and no free list, as that of an
 * etcd that has just been defragmented. It is valid once {@link #finish} has returned, and not before. One thread.
 */
public final class BoltWriter {
    /** The page size that bbolt chooses on most machines; it reads all others as well. */
    public static final int PAGE_BYTES = 4096;

    /** Pages at the beginning of a file, which are written last. */
    public static final int META_PAGES = BoltFormat.META_PAGES;

    private static final ByteView EMPTY_BUCKET = emptyBucket();

    private final PageSink sink;
    private final TreeBuilder top;
    private ByteView name = ByteView.of(new byte[0]);
    private @Nullable TreeBuilder bucket;

    /**
     * Writes into a file from its start; it is left open.
     *
     * @param pageBytes 1 KiB to 64 KiB, a power of two
     */
    public BoltWriter(FileChannel file, int pageBytes) {
        this(BoltOutput.to(file), pageBytes);
    }

    /** The same, wherever the file is to go. */
    public BoltWriter(BoltOutput output, int pageBytes) {
        if (pageBytes < BoltFormat.SMALLEST_PAGE_BYTES
                || pageBytes > BoltFormat.LARGEST_PAGE_BYTES
                || Integer.bitCount(pageBytes) != 1) {
            throw new IllegalArgumentException("no page size: " + pageBytes);
        }
        this.sink = new PageSink(output, pageBytes);
        this.top = new TreeBuilder(sink);
    }

    /** Begins a bucket, whose name comes behind those so far. */
    public void bucket(String bucketName) throws IOException {
        endBucket();
        name = ByteView.of(bucketName.getBytes(StandardCharsets.UTF_8));
        bucket = new TreeBuilder(sink);
    }

    /**
     * Adds a key to the bucket that was begun last.
     *
     * @throws IllegalArgumentException if it does not come behind the keys so far, or is none that bbolt takes
     */
    public void put(ByteView key, ByteView value) throws IOException {
        TreeBuilder current = bucket;
        if (current == null) {
            throw new IllegalStateException("no bucket was begun");
        }
        current.add(key, value, 0);
    }

    private void endBucket() throws IOException {
        TreeBuilder ended = bucket;
        if (ended == null) {
            return;
        }
        bucket = null;
        top.add(name, ended.isEmpty() ? EMPTY_BUCKET : rootedAt(ended.finish()), BoltFormat.BUCKET);
    }

    private static ByteView rootedAt(long root) {
        byte[] value = new byte[BoltFormat.BUCKET_HEADER_BYTES];
        BoltFormat.putI64(value, 0, root);
        return ByteView.of(value);
    }

    /** A bucket without a page of its own: root 0, then a leaf with nothing in it. */
    private static ByteView emptyBucket() {
        byte[] value = new byte[BoltFormat.BUCKET_HEADER_BYTES + BoltFormat.PAGE_HEADER_BYTES];
        BoltFormat.putU16(value, BoltFormat.BUCKET_HEADER_BYTES + 8, BoltFormat.LEAF);
        return ByteView.of(value);
    }

    /** Bytes of the pages that have been filled so far. */
    public long writtenBytes() {
        return sink.nextId() * sink.pageBytes();
    }

    /**
     * Writes all that is left, and makes the file a valid one. It is not synced.
     *
     * @return bytes of the file
     */
    public long finish() throws IOException {
        endBucket();
        sink.finish(top.finish());
        return writtenBytes();
    }
}

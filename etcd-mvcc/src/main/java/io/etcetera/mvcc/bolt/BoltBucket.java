package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.util.Optional;

/** A bucket of an open {@link BoltFile}: keys in order, with values or further buckets. Thread-safe; its cursors are not. */
public final class BoltBucket {
    private final PageSource source;
    private final long root;
    private final byte[] inline;
    private final long holder;

    private BoltBucket(PageSource source, long root, byte[] inline, long holder) {
        this.source = source;
        this.root = root;
        this.inline = inline;
        this.holder = holder;
    }

    static BoltBucket atPage(PageSource source, long root) {
        return new BoltBucket(source, root, new byte[0], root);
    }

    /** The bucket that a value of the page {@code holder} describes. */
    static BoltBucket ofValue(PageSource source, BoltSlice value, long holder) {
        byte[] header = value.toArray(0, BoltFormat.BUCKET_HEADER_BYTES);
        long root = BoltFormat.i64(header, 0);
        return root == 0 ? new BoltBucket(source, 0, value.toArray(), holder) : atPage(source, root);
    }

    /** A cursor before the first key. */
    public BoltCursor cursor() {
        return new BoltCursor(this, source);
    }

    /** The value of a key that is no bucket, in an array of its own. */
    public Optional<byte[]> get(byte[] key) throws IOException {
        BoltCursor cursor = cursor();
        return cursor.seek(key) && cursor.key().contentEquals(key) && !cursor.isBucket()
                ? Optional.of(cursor.value().toArray())
                : Optional.empty();
    }

    /** The bucket of a name, inside this one. */
    public Optional<BoltBucket> bucket(byte[] name) throws IOException {
        BoltCursor cursor = cursor();
        return cursor.seek(name) && cursor.key().contentEquals(name) && cursor.isBucket()
                ? Optional.of(cursor.bucket())
                : Optional.empty();
    }

    void loadRoot(Page page) throws IOException {
        if (root == 0) {
            page.loadInline(holder, new BoltSlice().set(inline, 0, inline.length));
        } else {
            page.load(root);
        }
    }
}

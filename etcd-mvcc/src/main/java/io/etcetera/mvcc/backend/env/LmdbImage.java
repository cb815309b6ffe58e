package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.page.CompactPages;
import io.etcetera.mvcc.backend.page.LmdbMeta;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An image that is made of one read transaction, which ends with the last of its readers. Thread-safe. */
public final class LmdbImage implements StoreImage {
    /** How much is read between two looks at the space that is left. */
    private static final long CHECK_BYTES = 16 << 20;

    private final ReadTxn txn;
    private final LmdbMeta meta;
    private final long pages;
    private final long consistentIndex;
    private final long nonce = ThreadLocalRandom.current().nextLong();
    private final SpaceCheck space;
    private final Consumer<LmdbImage> onRelease;

    // Guarded by this.
    private int readers;
    private boolean closed;
    private boolean released;

    /** Asked now and then while an image is read. */
    @FunctionalInterface
    public interface SpaceCheck {
        /**
         * Sees to it that the member has room left.
         *
         * @throws IOException if the disk is so full that the store's file must not grow for the sake of an image
         */
        void check() throws IOException;
    }

    /**
     * Takes over a transaction, and ends it if this gives no image.
     *
     * @param onRelease called once, when the transaction of an image has ended
     * @return null if commits have overtaken the transaction
     */
    public static @Nullable LmdbImage open(ReadTxn txn, SpaceCheck space, Consumer<LmdbImage> onRelease)
            throws IOException {
        LmdbImage opened = null;
        try {
            LmdbMeta meta = txn.meta();
            opened = meta == null ? null : new LmdbImage(txn, meta, space, onRelease);
            return opened;
        } finally {
            if (opened == null) {
                txn.close();
            }
        }
    }

    /** @param meta the page that the transaction has begun with */
    private LmdbImage(ReadTxn txn, LmdbMeta meta, SpaceCheck space, Consumer<LmdbImage> onRelease) {
        this.txn = txn;
        this.meta = meta;
        this.space = space;
        this.onRelease = onRelease;
        long counted = meta.ownPages();
        for (Bucket bucket : Bucket.values()) {
            counted += txn.pages(bucket);
        }
        this.pages = counted;
        byte[] stored = txn.get(Bucket.META, MetaKeys.CONSISTENT_INDEX.key());
        this.consistentIndex = stored == null ? 0 : MetaKeys.CONSISTENT_INDEX.decodeLong(stored);
    }

    @Override
    public String id() {
        return Long.toHexString(consistentIndex)
                + '-'
                + Long.toHexString(lengthBytes())
                + '-'
                + Long.toHexString(nonce);
    }

    @Override
    public long consistentIndex() {
        return consistentIndex;
    }

    @Override
    public long lengthBytes() {
        return pages * meta.pageBytes();
    }

    @Override
    public synchronized Reader read() throws IOException {
        if (closed) {
            throw new IOException("the copy of the store is not kept any more");
        }
        Reader opened = new ImageReader(
                new CompactPages(txn.env().raw(), txn.env().errors().file().toString(), meta, pages));
        readers++;
        return opened;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (readers == 0) {
            release();
        }
    }

    /** Has readers fail from now on, because the store is being closed. Idempotent. */
    public synchronized void abandon() {
        closed = true;
        release();
    }

    private void release() {
        if (!released) {
            released = true;
            txn.close();
            onRelease.accept(this);
        }
    }

    private final class ImageReader implements Reader {
        private final CompactPages bytes;
        private long checkedBytes;
        private long readBytes;
        private boolean ended;

        ImageReader(CompactPages bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (readBytes - checkedBytes >= CHECK_BYTES) {
                checkedBytes = readBytes;
                space.check();
            }
            int before = into.position();
            synchronized (LmdbImage.this) {
                if (released) {
                    throw new IOException("the store is closed");
                }
                bytes.read(into);
            }
            readBytes += into.position() - before;
            return into.position() - before;
        }

        @Override
        public void close() {
            synchronized (LmdbImage.this) {
                if (ended) {
                    return;
                }
                ended = true;
                readers--;
                if (closed && readers == 0) {
                    release();
                }
            }
        }
    }
}

package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * A whole store as of one commit, to be carried to another member: an LMDB file without free pages, in the byte order of
 * the machine, as {@link ReplaceableBackend#openIncoming} takes it. Each reader is given the same bytes, which are made of
 * the store's pages as they are read; nothing is written. Thread-safe.
 *
 * <p>Until it and its readers are closed, a read transaction is open: pages that are freed meanwhile are not reused, and
 * the store's file may grow by them.
 */
public final class StoreImage implements AutoCloseable {
    /** How much is read between two looks at the space that is left. */
    private static final long CHECK_BYTES = 16 << 20;

    private final ReadTxn txn;
    private final LmdbMeta meta;
    private final long pages;
    private final long consistentIndex;
    private final long nonce = ThreadLocalRandom.current().nextLong();
    private final SpaceCheck space;
    private final Consumer<StoreImage> onRelease;

    // Guarded by this.
    private int readers;
    private boolean closed;
    private boolean released;

    /** Asked now and then while an image is read. */
    @FunctionalInterface
    interface SpaceCheck {
        /**
         * Sees to it that the member has room left.
         *
         * @throws IOException if the disk is so full that the store's file must not grow for the sake of an image
         */
        void check() throws IOException;
    }

    /**
     * Takes over a transaction.
     *
     * @param meta the page that it has begun with
     * @param onRelease called once, when the transaction has ended
     */
    StoreImage(ReadTxn txn, LmdbMeta meta, SpaceCheck space, Consumer<StoreImage> onRelease) {
        this.txn = txn;
        this.meta = meta;
        this.space = space;
        this.onRelease = onRelease;
        long counted = LmdbMeta.PAGES + meta.trees().pages();
        for (Bucket bucket : Bucket.values()) {
            counted += txn.pages(bucket);
        }
        this.pages = counted;
        byte[] stored = txn.get(Bucket.META, MetaKeys.CONSISTENT_INDEX.key());
        this.consistentIndex = stored == null ? 0 : MetaKeys.CONSISTENT_INDEX.decodeLong(stored);
    }

    /** Names these bytes: what has been received of an image of this name can be continued with another reader of it. */
    public String id() {
        return Long.toHexString(consistentIndex)
                + '-'
                + Long.toHexString(lengthBytes())
                + '-'
                + Long.toHexString(nonce);
    }

    /** Index of the last log entry whose effects it holds. */
    public long consistentIndex() {
        return consistentIndex;
    }

    public long lengthBytes() {
        return pages * meta.pageBytes();
    }

    /**
     * Begins to read it.
     *
     * @throws IOException if it is closed
     */
    public synchronized Reader read() throws IOException {
        if (closed) {
            throw new IOException("the copy of the store is not kept any more");
        }
        Reader opened = new Reader(
                new CompactPages(txn.env().raw(), txn.env().errors().file().toString(), meta, pages));
        readers++;
        return opened;
    }

    /** Those who read it go on. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        if (readers == 0) {
            release();
        }
    }

    /** Has readers fail from now on, because the store is being closed. Idempotent. */
    synchronized void abandon() {
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

    /** Reads from the first byte to the last. One thread. */
    public final class Reader implements AutoCloseable {
        private final CompactPages bytes;
        private long checkedBytes;
        private long readBytes;
        private boolean ended;

        private Reader(CompactPages bytes) {
            this.bytes = bytes;
        }

        /**
         * Goes on until the buffer, which has an array, is full or the image ends.
         *
         * @return bytes read
         * @throws IOException if the store has been closed, its file cannot be read, or the disk is nearly full
         * @throws io.etcetera.mvcc.CorruptStoreException if the store is damaged
         */
        public int read(ByteBuffer into) throws IOException {
            if (readBytes - checkedBytes >= CHECK_BYTES) {
                checkedBytes = readBytes;
                space.check();
            }
            int before = into.position();
            synchronized (StoreImage.this) {
                if (released) {
                    throw new IOException("the store is closed");
                }
                bytes.read(into);
            }
            readBytes += into.position() - before;
            return into.position() - before;
        }

        /** Idempotent. */
        @Override
        public void close() {
            synchronized (StoreImage.this) {
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

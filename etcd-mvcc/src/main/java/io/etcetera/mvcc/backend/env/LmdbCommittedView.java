package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A read transaction of the pool, kept until it is closed; the write buffers are left out. */
public final class LmdbCommittedView implements CommittedView {
    private static final byte[] FROM_START = {};

    private final ReadTxn txn;
    private boolean closed;

    /** Takes over the transaction. */
    public LmdbCommittedView(ReadTxn txn) {
        this.txn = txn;
    }

    @Override
    public void scan(Bucket bucket, EntryVisitor visitor) throws InterruptedException {
        scan(bucket, LmdbCursor::load, visitor);
    }

    /** Visits a bucket like {@link #scan}, with values that have nothing but their lengths. */
    public void scanSizes(Bucket bucket, EntryVisitor visitor) throws InterruptedException {
        scan(bucket, LmdbCommittedView::loadSize, visitor);
    }

    /** Of a long key the value has the whole. */
    private static void loadSize(LmdbCursor cursor) {
        cursor.loadSize();
        if (cursor.key().length() == LongKeys.STORED_LENGTH) {
            cursor.load();
        }
    }

    private void scan(Bucket bucket, Consumer<LmdbCursor> load, EntryVisitor visitor) throws InterruptedException {
        if (closed) {
            throw new IllegalStateException("the view is closed");
        }
        LongKeyOrder ordered = new LongKeyOrder(visitor);
        try (LmdbCursor cursor = txn.cursor(bucket)) {
            for (boolean found = cursor.seek(FROM_START); found; found = cursor.next()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("while reading bucket " + bucket.bucketName());
                }
                load.accept(cursor);
                if (!visit(cursor.key(), cursor.value(), ordered)) {
                    return;
                }
            }
        }
        ordered.passOn();
    }

    /** The value of a key; null if there is none. */
    public byte @Nullable [] get(Bucket bucket, byte[] key) {
        return txn.get(bucket, key);
    }

    private static boolean visit(ByteView key, ByteView value, EntryVisitor visitor) {
        if (key.length() < LongKeys.STORED_LENGTH) {
            return visitor.visit(key, value);
        }
        byte[] storedKey = key.toArray();
        byte[] storedValue = value.toArray();
        return visitor.visit(
                ByteView.of(LongKeys.key(storedKey, storedValue)), ByteView.of(LongKeys.value(storedKey, storedValue)));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            txn.close();
        }
    }
}

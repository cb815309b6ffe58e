package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.backend.buffer.Buffers;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.backend.env.LiveEnv;
import io.etcetera.mvcc.backend.env.ReadTxn;
import org.jspecify.annotations.Nullable;

/** Looks in the buffers as of its making, then in a read transaction, opened when first needed. */
final class LmdbRecordReader implements RecordReader {
    private final LiveEnv env;
    private final Buffers buffers;
    private @Nullable ReadTxn txn;

    LmdbRecordReader(LiveEnv env, Buffers buffers) {
        this.env = env;
        this.buffers = buffers;
    }

    @Override
    public byte @Nullable [] get(long main, long sub) {
        byte[] buffered = buffers.record(main, sub);
        if (buffered != null) {
            return buffered == WriteBuffer.DELETED ? null : buffered;
        }
        ReadTxn open = txn;
        if (open == null) {
            open = env.acquire();
            txn = open;
        }
        return open.record(main, sub);
    }

    @Override
    public void close() {
        ReadTxn open = txn;
        if (open != null) {
            txn = null;
            open.close();
        }
    }
}

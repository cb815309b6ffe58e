package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.schema.RevisionKey;
import org.lmdbjava.Txn;

/** A read transaction of the pool with what its reads need again and again. Used by one thread at a time. */
final class ReadTxn {
    private final Txn<NativeSlice> txn;
    private final NativeSlice key = NativeSlice.scratch(LongKeys.STORED_LENGTH);
    private final byte[] revision = new byte[RevisionKey.LENGTH];
    private final RecordChecksum checksum = new RecordChecksum();

    ReadTxn(Txn<NativeSlice> txn) {
        this.txn = txn;
    }

    Txn<NativeSlice> txn() {
        return txn;
    }

    /** Scratch memory for a key. */
    NativeSlice key() {
        return key;
    }

    /** Scratch array for the key of a live version. */
    byte[] revision() {
        return revision;
    }

    RecordChecksum checksum() {
        return checksum;
    }
}

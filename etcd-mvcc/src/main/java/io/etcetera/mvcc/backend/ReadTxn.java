package io.etcetera.mvcc.backend;

import org.lmdbjava.Txn;

/** A read transaction of the pool with the scratch memory for its keys. Used by one thread at a time. */
final class ReadTxn {
    private final Txn<NativeSlice> txn;
    private final NativeSlice key = NativeSlice.scratch(LongKeys.STORED_LENGTH);

    ReadTxn(Txn<NativeSlice> txn) {
        this.txn = txn;
    }

    Txn<NativeSlice> txn() {
        return txn;
    }

    NativeSlice key() {
        return key;
    }
}

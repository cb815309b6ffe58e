package io.etcetera.server.read;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;

/** Something to read ranges from: the store ({@code KvStore::range}) or a transaction ({@code WriteTxn::range}). */
@FunctionalInterface
public interface RangeSource {
    RangeResult range(KeyRange range, RangeOptions options) throws RevisionException;
}

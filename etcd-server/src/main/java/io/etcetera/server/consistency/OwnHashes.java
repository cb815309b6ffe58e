package io.etcetera.server.consistency;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.RevisionException;
import java.util.List;

/** The hashes of this member. */
public interface OwnHashes {

    /** Those of a store. */
    static OwnHashes of(KvStore store) {
        return new OwnHashes() {
            @Override
            public KvHashResult current() throws RevisionException, InterruptedException {
                return store.hash(0);
            }

            @Override
            public List<KvHash> ofCompactions() {
                return store.compactionHashes();
            }
        };
    }

    /** Hashes everything up to the present revision; takes a pass over the store. */
    KvHashResult current() throws RevisionException, InterruptedException;

    /** What compactions have hashed, newest first. */
    List<KvHash> ofCompactions();
}

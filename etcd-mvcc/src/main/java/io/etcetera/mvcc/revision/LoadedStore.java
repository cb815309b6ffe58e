package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.PreparedStore;
import io.etcetera.mvcc.backend.IncomingStore;

/** A store that came in, and the content that has been loaded from it. One thread at a time. */
final class LoadedStore implements PreparedStore {
    private final IncomingStore incoming;
    private final RevisionStore store;
    private boolean installed;

    LoadedStore(IncomingStore incoming, RevisionStore store) {
        this.incoming = incoming;
        this.store = store;
    }

    RevisionStore store() {
        return store;
    }

    @Override
    public long consistentIndex() {
        return incoming.backend().consistentIndex();
    }

    /** See {@link IncomingStore#install}. */
    void install(Runnable inUse) {
        incoming.install(inUse);
        installed = true;
    }

    @Override
    public void close() {
        if (!installed) {
            store.close();
            incoming.close();
        }
    }
}

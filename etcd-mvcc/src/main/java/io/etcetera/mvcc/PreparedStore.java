package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.IncomingStore;

/**
 * Another member's store, loaded and ready to be put in the place of the own one by {@link KvStore#install}. One thread
 * at a time.
 */
public final class PreparedStore implements AutoCloseable {
    private final IncomingStore incoming;
    private final RevisionStore store;
    private boolean installed;

    PreparedStore(IncomingStore incoming, RevisionStore store) {
        this.incoming = incoming;
        this.store = store;
    }

    RevisionStore store() {
        return store;
    }

    /** Index up to which it holds the log's effects. */
    public long consistentIndex() {
        return incoming.backend().consistentIndex();
    }

    /** See {@link IncomingStore#install}. */
    void install(Runnable inUse) {
        incoming.install(inUse);
        installed = true;
    }

    /** Closes it and removes its file, unless it is installed. Idempotent. */
    @Override
    public void close() {
        if (!installed) {
            store.close();
            incoming.close();
        }
    }
}

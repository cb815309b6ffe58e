package io.etcetera.daemon.utl;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

/** This server's store while no member has it open. */
final class StoppedStore implements AutoCloseable {
    /** Name that members give it, by which it is told from a bbolt file. */
    static final String FILE_NAME = "store.mdb";

    private final Backend backend;

    private StoppedStore(Backend backend) {
        this.backend = backend;
    }

    static boolean isOne(Path path) {
        return path.endsWith(FILE_NAME);
    }

    /** Opens it; nobody else can have it open meanwhile. */
    static StoppedStore open(Path path) throws UtlException {
        try {
            return new StoppedStore(LmdbStore.open(path, BackendOptions.DEFAULT));
        } catch (CorruptStoreException | StoreFailedException e) {
            throw UtlException.failed(String.valueOf(e.getMessage()));
        }
    }

    KvHash hash(long revision) throws UtlException, RevisionException, InterruptedException {
        // Closing it closes the backend, which may be closed twice.
        try (KvStore store = ReplaceableStore.open(backend, LeaseBinder.NONE, KvStoreOptions.DEFAULT)) {
            return store.hash(revision).hash();
        } catch (CorruptStoreException e) {
            throw UtlException.failed(String.valueOf(e.getMessage()));
        }
    }

    void defragment() throws UtlException {
        try {
            backend.defragment().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof DefragmentationException || cause instanceof StoreFailedException) {
                throw UtlException.failed(String.valueOf(cause.getMessage()));
            }
            throw e;
        }
    }

    @Override
    public void close() {
        backend.close();
    }
}

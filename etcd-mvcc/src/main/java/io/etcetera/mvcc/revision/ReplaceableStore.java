package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.PreparedStore;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.WatchHub;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.IncomingStore;
import io.etcetera.mvcc.watch.Change;
import io.etcetera.mvcc.watch.ChangeVisitor;
import io.etcetera.mvcc.watch.HistorySource;
import io.etcetera.mvcc.watch.StoreWatchHub;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store as others know it, whatever content it has at the moment. A content is one {@link RevisionStore} over one
 * backend, and a reader stays with the one that it began with, so that no answer is put together from two: revision,
 * index and records always belong together. Only who finds his content closed turns to the new one.
 *
 * <p>Watchers belong to the store, not to its content. The hub learns of a replacement before the replaced content is
 * closed, so that it throws away what it was reading there.
 */
public final class ReplaceableStore implements KvStore {
    private final Backend backend;
    private final LeaseBinder leases;
    private final KvStoreOptions options;
    private final HistorySource history = new CurrentHistory();
    private final StoreWatchHub watchHub;
    private volatile RevisionStore current;

    /**
     * Loads the store from a backend, which becomes the store's, to be closed with it. If this fails, closing the
     * backend is left to the caller.
     *
     * @param leases told of each live key with a lease before this returns
     * @throws io.etcetera.mvcc.CorruptStoreException if a record cannot be read
     */
    public static KvStore open(Backend backend, LeaseBinder leases, KvStoreOptions options) {
        ReplaceableStore store = new ReplaceableStore(backend, leases, options);
        try {
            store.current.start();
        } catch (RuntimeException | Error e) {
            store.watchHub.close();
            throw e;
        }
        return store;
    }

    private ReplaceableStore(Backend backend, LeaseBinder leases, KvStoreOptions options) {
        this.backend = backend;
        this.leases = leases;
        this.options = options;
        this.current = RevisionStore.load(backend.pinned(), leases, leases, this::written, options, () -> false);
        this.watchHub = new StoreWatchHub(history, options.watch(), options.threads());
    }

    private void written(long revision, List<Change> changes) {
        watchHub.written(revision, changes);
    }

    @Override
    public PreparedStore prepare(IncomingStore incoming, LeaseBinder loading) throws InterruptedException {
        try {
            RevisionStore loaded = RevisionStore.load(
                    incoming.backend(), loading, leases, this::written, options, Thread::interrupted);
            return new LoadedStore(incoming, loaded);
        } catch (CancellationException e) {
            throw new InterruptedException(e.getMessage());
        }
    }

    @Override
    public void install(PreparedStore prepared) {
        if (!(prepared instanceof LoadedStore loaded)) {
            throw new IllegalArgumentException("not prepared by this store: " + prepared);
        }
        RevisionStore replaced = current;
        RevisionStore next = loaded.store();
        loaded.install(() -> {
            current = next;
            watchHub.restored();
        });
        replaced.close();
        next.start();
    }

    /** A way to read from one content. */
    @FunctionalInterface
    private interface Read<T, X extends Exception, Y extends Exception> {
        T from(RevisionStore content) throws X, Y;
    }

    private <T, X extends Exception, Y extends Exception> T read(Read<T, X, Y> read) throws X, Y {
        while (true) {
            RevisionStore content = current;
            try {
                return read.from(content);
            } catch (StoreClosedException e) {
                if (content == current) {
                    throw e;
                }
                // It was replaced, and closed before this read came to its first record.
            }
        }
    }

    @Override
    public long currentRevision() {
        return current.currentRevision();
    }

    @Override
    public long compactRevision() {
        return current.compactRevision();
    }

    @Override
    public RangeResult range(KeyRange range, RangeOptions rangeOptions) throws RevisionException {
        return this.<RangeResult, RevisionException, RuntimeException>read(
                content -> content.range(range, rangeOptions));
    }

    @Override
    public WriteTxn write() {
        return current.write();
    }

    @Override
    public CompletionStage<Void> compact(long revision) throws RevisionException {
        RevisionStore content = current;
        return orOfNext(content, content.compact(revision), RevisionStore::compactionsDone);
    }

    @Override
    public CompletionStage<Void> compactionsDone() {
        RevisionStore content = current;
        return orOfNext(content, content.compactionsDone(), RevisionStore::compactionsDone);
    }

    /** If work on one content failed because another has taken its place, what that one does instead. */
    private CompletionStage<Void> orOfNext(
            RevisionStore content, CompletionStage<Void> work, Function<RevisionStore, CompletionStage<Void>> instead) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        work.whenComplete((nothing, failure) -> {
            RevisionStore now = current;
            if (failure == null) {
                done.complete(null);
            } else if (now == content) {
                done.completeExceptionally(failure);
            } else {
                orOfNext(now, instead.apply(now), instead).whenComplete((none, later) -> {
                    if (later == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(later);
                    }
                });
            }
        });
        return done;
    }

    @Override
    public KvHashResult hash(long revision) throws RevisionException, InterruptedException {
        return this.<KvHashResult, RevisionException, InterruptedException>read(content -> content.hash(revision));
    }

    @Override
    public List<KvHash> compactionHashes() {
        return current.compactionHashes();
    }

    @Override
    public int hash() throws InterruptedException {
        return this.<Integer, InterruptedException, RuntimeException>read(RevisionStore::hash);
    }

    @Override
    public CompletionStage<Void> defragment() {
        return backend.defragment();
    }

    @Override
    public long sizeBytes() {
        return backend.sizeBytes();
    }

    @Override
    public long sizeInUseBytes() {
        return backend.sizeInUseBytes();
    }

    @Override
    public long liveKeys() {
        return current.liveKeys();
    }

    @Override
    public int openReads() {
        return backend.openReads();
    }

    @Override
    public WatchHub watchHub() {
        return watchHub;
    }

    /** What watchers read. */
    public HistorySource history() {
        return history;
    }

    @Override
    public void close() {
        current.close();
        watchHub.close();
        backend.close();
    }

    /** The history of the content of the moment. */
    private final class CurrentHistory implements HistorySource {
        @Override
        public long currentRevision() {
            return current.currentRevision();
        }

        @Override
        public long compactRevision() {
            return current.compactRevision();
        }

        @Override
        public void changesSince(long fromRevision, long toRevision, ChangeVisitor visitor) throws RevisionException {
            RevisionStore content = current;
            try {
                content.history().changesSince(fromRevision, toRevision, visitor);
            } catch (StoreClosedException e) {
                if (content == current) {
                    throw e;
                }
                // Whatever the visitor has seen is worth nothing: the hub knows of the replacement already.
            }
        }

        @Override
        public byte @Nullable [] recordBefore(byte[] key, long main) {
            return ReplaceableStore.this
                    .<Optional<byte[]>, RuntimeException, RuntimeException>read(
                            content -> Optional.ofNullable(content.history().recordBefore(key, main)))
                    .orElse(null);
        }
    }
}

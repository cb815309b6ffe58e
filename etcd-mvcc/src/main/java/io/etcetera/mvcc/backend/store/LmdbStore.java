package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.backend.CopyProgress;
import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.backend.IncomingStore;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.backend.copy.BackgroundThread;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.copy.StoreFiles;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.backend.env.LmdbEnv;
import io.etcetera.mvcc.backend.snapshot.SnapshotMaker;
import io.etcetera.mvcc.schema.Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store under its name, which it owns from its opening to its close, whatever {@link LmdbBackend} has the content at
 * the moment. A replaced one is closed in the background, when its last reader has gone.
 *
 * <p>Invariant: the file that has the store's name is that of {@link #current}.
 */
public final class LmdbStore implements ReplaceableBackend {
    private static final Logger log = LoggerFactory.getLogger(LmdbStore.class);

    private final StoreFiles files;
    private final StoreOwnership ownership;
    private final BackendOptions options;
    private final DurableSteps steps;
    private final CopyOptions copying;
    private final ImageMaker images;
    private final SnapshotMaker snapshots;
    private final BackgroundThread retirement;
    private volatile LmdbBackend current;

    /**
     * Opens the store in {@code file}, or makes it; its directory must exist. Beside the file, LMDB keeps one with
     * {@code -lock} at the end, and this class one with {@code .owner}; while it copies, one with {@code .defrag},
     * {@code .incoming} or {@code .snapshot}, removed here if an earlier process has left them.
     *
     * @throws io.etcetera.mvcc.CorruptStoreException if the file is not a store, or damaged
     * @throws io.etcetera.mvcc.StoreFailedException if it is in use, or the system refuses to open it
     */
    public static ReplaceableBackend open(Path file, BackendOptions options) {
        return open(file, options, DurableSteps.UNOBSERVED, CopyOptions.DEFAULT);
    }

    static LmdbStore open(Path file, BackendOptions options, DurableSteps steps, CopyOptions copying) {
        StoreFiles files = new StoreFiles(file);
        StoreOwnership ownership = StoreOwnership.take(file);
        try {
            files.removeLeftovers();
            LmdbEnv env = LmdbEnv.open(file, options.mapSizeBytes(), options.fsync(), steps);
            return new LmdbStore(files, ownership, options, steps, copying, env);
        } catch (RuntimeException | Error e) {
            ownership.close();
            throw e;
        }
    }

    private LmdbStore(
            StoreFiles files,
            StoreOwnership ownership,
            BackendOptions options,
            DurableSteps steps,
            CopyOptions copying,
            LmdbEnv env) {
        this.files = files;
        this.ownership = ownership;
        this.options = options;
        this.steps = steps;
        this.copying = copying;
        this.images = new ImageMaker(files, copying);
        this.snapshots = new SnapshotMaker(files, copying, options);
        this.retirement = new BackgroundThread(options.threadName() + "-retirement");
        this.current = backend(env);
    }

    private LmdbBackend backend(LmdbEnv env) {
        try {
            return new LmdbBackend(env, options, files, steps, copying);
        } catch (RuntimeException | Error e) {
            env.close();
            throw e;
        }
    }

    @Override
    public Backend pinned() {
        return current;
    }

    @Override
    public CompletionStage<StoreImage> image() {
        return images.make(() -> current);
    }

    @Override
    public CompletionStage<StoreSnapshot> snapshot(BooleanSupplier unwanted) {
        return snapshots.make(() -> current, unwanted);
    }

    @Override
    public CopyProgress snapshotProgress() {
        return snapshots.progress();
    }

    @Override
    public Path incomingFile() {
        return files.incoming();
    }

    @Override
    public IncomingStore openIncoming() {
        try {
            if (Files.notExists(files.incoming())) {
                throw new CorruptStoreException("there is no copy of another member's store in " + files.incoming());
            }
            LmdbEnv env = LmdbEnv.openSecond(
                    files.incoming(), options.mapSizeBytes(), Files.size(files.incoming()), options.fsync());
            return new Incoming(backend(env));
        } catch (IOException e) {
            StoreFailedException failure =
                    new StoreFailedException("store " + files.incoming() + ": cannot open: " + e, e);
            removeIncoming(failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            removeIncoming(e);
            throw e;
        }
    }

    private void removeIncoming(Throwable cause) {
        try {
            files.remove(files.incoming());
        } catch (IOException e) {
            log.warn("store {}: cannot remove another member's copy", files.store(), e);
            cause.addSuppressed(e);
        }
    }

    private void retire(LmdbBackend replaced) {
        retirement.execute(() -> {
            try {
                replaced.close();
            } catch (RuntimeException e) {
                log.error("store {}: cannot close the file that was replaced", files.store(), e);
            }
        });
    }

    private final class Incoming implements IncomingStore {
        private final LmdbBackend incoming;
        /** Or closed. */
        private volatile boolean installed;

        Incoming(LmdbBackend incoming) {
            this.incoming = incoming;
        }

        @Override
        public Backend backend() {
            return incoming;
        }

        @Override
        public void install(Runnable inUse) {
            if (installed) {
                throw new IllegalStateException("the copy is installed already");
            }
            LmdbBackend replaced = current;
            new StoreReplacement(replaced, files, steps, () -> {
                        incoming.renamedTo(files.store());
                        current = incoming;
                        installed = true;
                        inUse.run();
                    })
                    .run();
            retire(replaced);
        }

        @Override
        public void close() {
            if (!installed) {
                installed = true;
                incoming.close();
                try {
                    files.remove(files.incoming());
                } catch (IOException e) {
                    log.warn("store {}: cannot remove another member's copy; the next start does", files.store(), e);
                }
            }
        }
    }

    @Override
    public void beginEntry() {
        current.beginEntry();
    }

    @Override
    public void endEntry(long index, long term) {
        current.endEntry(index, term);
    }

    @Override
    public void endEntry() {
        current.endEntry();
    }

    @Override
    public void abandonEntry(Throwable cause) {
        current.abandonEntry(cause);
    }

    @Override
    public void put(Bucket bucket, byte[] key, byte[] value) {
        current.put(bucket, key, value);
    }

    @Override
    public void delete(Bucket bucket, byte[] key) {
        current.delete(bucket, key);
    }

    @Override
    public byte @Nullable [] get(Bucket bucket, byte[] key) {
        return current.get(bucket, key);
    }

    @Override
    public RecordReader reader() {
        return current.reader();
    }

    @Override
    public void scan(Bucket bucket, byte[] from, EntryVisitor visitor) {
        current.scan(bucket, from, visitor);
    }

    @Override
    public void forEach(Bucket bucket, BiConsumer<byte[], byte[]> visitor) {
        current.forEach(bucket, visitor);
    }

    @Override
    public CommittedView committed() {
        return current.committed();
    }

    @Override
    public long consistentIndex() {
        return current.consistentIndex();
    }

    @Override
    public long consistentTerm() {
        return current.consistentTerm();
    }

    @Override
    public CompletionStage<Long> commit() {
        return current.commit();
    }

    @Override
    public CompletionStage<Void> defragment() {
        return current.defragment();
    }

    @Override
    public CopyProgress defragmentationProgress() {
        return current.defragmentationProgress();
    }

    @Override
    public long sizeBytes() {
        return current.sizeBytes();
    }

    @Override
    public long sizeInUseBytes() {
        return current.sizeInUseBytes();
    }

    @Override
    public int openReads() {
        return current.openReads();
    }

    /** Waits for readers of replaced content too. */
    @Override
    public void close() {
        images.close();
        snapshots.close();
        current.close();
        retirement.close();
        ownership.close();
    }
}

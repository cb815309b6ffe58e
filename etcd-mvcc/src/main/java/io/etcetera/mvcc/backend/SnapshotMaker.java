package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreSnapshotException;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots for clients, one at a time, on the threads of those who ask. The store is written out in full before the
 * client gets the first byte, so that a read transaction is open for as long as the disk needs, not the client.
 */
final class SnapshotMaker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotMaker.class);

    private final StoreFiles files;
    private final DefragmentationOptions options;
    private final BackendOptions backend;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Set<StoreSnapshot> open = ConcurrentHashMap.newKeySet();

    SnapshotMaker(StoreFiles files, DefragmentationOptions options, BackendOptions backend) {
        this.files = files;
        this.options = options;
        this.backend = backend;
    }

    /** As {@link ReplaceableBackend#snapshot}. */
    StoreSnapshot make(LmdbBackend source, BooleanSupplier unwanted) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            commit(source);
            try (LmdbCommittedView view = source.committed()) {
                return write(source, view, unwanted);
            } catch (ClosedByInterruptException e) {
                throw new InterruptedException("while writing a snapshot");
            } catch (IOException | UncheckedIOException e) {
                throw new StoreSnapshotException(message(String.valueOf(e.getMessage())), e);
            }
        } finally {
            turn.unlock();
        }
    }

    private static void commit(LmdbBackend source) throws InterruptedException {
        try {
            source.commit().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new StoreSnapshotException("cannot commit what a snapshot is to hold", e.getCause());
        }
    }

    private StoreSnapshot write(LmdbBackend source, LmdbCommittedView view, BooleanSupplier unwanted)
            throws IOException, InterruptedException {
        checkSpace(source.sizeInUseBytes());
        // What is deleted on closing is nameless from the start, on systems that know such files.
        FileChannel file = FileChannel.open(
                files.snapshot(),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try {
            SnapshotWriting writing = new SnapshotWriting(file, source, backend.nanoClock(), options.stepBytes());
            writing.beforeEachStep(() -> checkSpace(options.stepBytes()));
            long size = writing.writeAll(view, unwanted);
            byte[] version = view.get(Bucket.META, MetaKeys.STORAGE_VERSION.key());
            StoreSnapshot made = new StoreSnapshot(
                    file, size, version == null ? "" : new String(version, StandardCharsets.UTF_8), open::remove);
            open.add(made);
            return made;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            try {
                file.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private void checkSpace(long neededBytes) {
        String lack = files.lackOfSpace(neededBytes, options.reserveBytes());
        if (lack != null) {
            log.warn("store {}: no snapshot is made: {}", files.store(), lack);
            throw new StoreSnapshotException(message(lack), null);
        }
    }

    private String message(String why) {
        return "cannot make a snapshot of " + files.store() + ": " + why;
    }

    /** Ends all snapshots that are still being read. Idempotent. */
    @Override
    public void close() {
        open.forEach(StoreSnapshot::close);
    }
}

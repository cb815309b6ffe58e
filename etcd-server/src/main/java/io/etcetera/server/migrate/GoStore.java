package io.etcetera.server.migrate;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.snapshot.SnapshotFile;
import io.etcetera.server.cluster.ClusterStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** The store of a Go etcd, and copying it into an empty one of this server. One thread. */
final class GoStore implements AutoCloseable {
    /** What each server keeps in its own way. */
    private static final Set<MetaKeys> NOT_COPIED = Set.of(MetaKeys.CONSISTENT_INDEX, MetaKeys.TERM);

    private final Path path;
    private final SnapshotFile file;

    private GoStore(Path path, MigrationProgress progress) throws IOException {
        this.path = path;
        this.file = SnapshotFile.open(path, copied -> progress.at(copied, sizeBytes()));
    }

    /** Opens a store, which nobody may write to meanwhile. */
    static GoStore open(Path file, MigrationProgress progress) throws IOException {
        return new GoStore(file, progress);
    }

    private long sizeBytes() {
        return file.sizeBytes();
    }

    /** Index of the last entry whose effects are in the store; 0 for none. */
    long consistentIndex() throws IOException {
        return meta(MetaKeys.CONSISTENT_INDEX);
    }

    /** Term of that entry; 0 in stores of releases that did not keep it. */
    long consistentTerm() throws IOException {
        return meta(MetaKeys.TERM);
    }

    private long meta(MetaKeys key) throws IOException {
        Optional<byte[]> value = file.get(Bucket.META, key.key());
        try {
            return value.isEmpty() ? 0 : key.decodeLong(value.get());
        } catch (CorruptStoreException e) {
            throw new MigrationException(path + " is damaged in bucket meta: " + e.getMessage());
        }
    }

    /** The version that a Go etcd last gave to its cluster, such as 3.5.0. */
    Optional<String> clusterVersion() throws IOException {
        return file.get(Bucket.CLUSTER, "clusterVersion".getBytes(StandardCharsets.UTF_8))
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    /** Copies all that the other store holds, but for how far its log had been applied. Returns when that is durable. */
    void copyTo(Backend target) throws IOException {
        file.copyTo(target, (bucket, key) -> bucket != Bucket.META || !MetaKeys.isOneOf(NOT_COPIED, key));
        target.beginEntry();
        try {
            ClusterStore.markFounded(target);
        } finally {
            target.endEntry();
        }
        try {
            target.commit().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IOException("the new store cannot be written: " + e.getCause(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

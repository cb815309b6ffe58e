package io.etcetera.mvcc.snapshot;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.bolt.BoltBucket;
import io.etcetera.mvcc.bolt.BoltCursor;
import io.etcetera.mvcc.bolt.BoltFile;
import io.etcetera.mvcc.bolt.BoltFormatException;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.revision.RevisionHash;
import io.etcetera.mvcc.revision.StoreLoader;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * A snapshot of etcd's or ours, or the store of a stopped Go etcd: a bbolt file with etcd's buckets. Read where it is,
 * from end to end for each question, with as much memory as a member's index takes. Whatever is damaged is refused with
 * the place of the damage. One thread.
 */
public final class SnapshotFile implements AutoCloseable {
    private static final long PROGRESS_RECORDS = 1_000;

    private final Path path;
    private final BoltFile file;
    private final LongConsumer progress;

    private SnapshotFile(Path path, BoltFile file, LongConsumer progress) {
        this.path = path;
        this.file = file;
        this.progress = progress;
    }

    /**
     * Opens a file that nobody writes to.
     *
     * @param progress told now and then how many bytes of records have been read for the question at hand
     * @throws BoltFormatException if it is no such file
     */
    public static SnapshotFile open(Path path, LongConsumer progress) throws IOException {
        return new SnapshotFile(path, BoltFile.open(path), progress);
    }

    /** Bytes of all pages. */
    public long sizeBytes() {
        return file.sizeBytes();
    }

    /** A value as it stands in the file; empty if there is none. */
    public Optional<byte[]> get(Bucket bucket, byte[] key) throws IOException {
        Optional<BoltBucket> found = file.bucket(bucket.bucketName());
        return found.isEmpty() ? Optional.empty() : found.get().get(key);
    }

    /** What it holds, having looked at all of it. */
    public SnapshotStatus status() throws IOException {
        try {
            return new Inspection().run();
        } catch (CorruptStoreException e) {
            throw damaged(e);
        }
    }

    /**
     * Hashes the history of all keys, as {@link io.etcetera.mvcc.KvStore#hash(long)}.
     *
     * @param revision 0 means the last one
     */
    public KvHash hash(long revision) throws IOException, RevisionException {
        BoltRecords records = new BoltRecords(file);
        try {
            KeyIndex index = new KeyIndex();
            StoreLoader loader = new StoreLoader(records, index, LeaseBinder.NONE);
            loader.load(() -> false);
            if (revision > 0 && revision < loader.compactRevision()) {
                throw new RevisionException(Kind.COMPACTED);
            }
            if (revision > loader.currentRevision()) {
                throw new RevisionException(Kind.FUTURE);
            }
            long at = revision == 0 ? loader.currentRevision() : revision;
            return new RevisionHash(index.published(), at, loader.compactRevision()).of(records);
        } catch (CorruptStoreException e) {
            throw damaged(e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (InterruptedException e) {
            throw new AssertionError("a bbolt file is read without interruption", e);
        }
    }

    /** Says of a record whether it is to be copied. */
    @FunctionalInterface
    public interface Selection {
        boolean includes(Bucket bucket, ByteView key);
    }

    /**
     * Copies records into an empty store, in batches of the size that it has been opened for; best {@link
     * io.etcetera.mvcc.backend.BackendOptions#FILLING}. All of them are looked at, so that the store opens later. Buckets that etcd does
     * not have are left out, with a warning. Returns when all is durable.
     *
     * @return the last main revision; 0 if there is none
     * @throws StoreFailedException if the store cannot be written
     */
    public long copyTo(Backend target, Selection selection) throws IOException {
        try {
            return new SnapshotCopy(path, target, selection, progress).run(file);
        } catch (CorruptStoreException e) {
            throw damaged(e);
        }
    }

    private BoltFormatException damaged(CorruptStoreException e) {
        return new BoltFormatException(path + " is damaged: " + e.getMessage());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** One walk through all buckets. */
    private final class Inspection {
        private final CRC32C crc = new CRC32C();
        private final KeyIndex index = new KeyIndex();
        private final RecordHeader header = new RecordHeader();
        private long revision;
        private boolean nameless;
        private long bytes;
        private long records;

        SnapshotStatus run() throws IOException {
            BoltCursor top = file.root().cursor();
            while (top.next()) {
                String name = new String(top.key().toArray(), StandardCharsets.UTF_8);
                if (!top.isBucket()) {
                    throw new BoltFormatException(path + " is no store of etcd: it holds a value under the name " + name
                            + ", where etcd has buckets only");
                }
                top.key().update(crc);
                walk(top.bucket().cursor(), name.equals(Bucket.KEY.bucketName()));
            }
            index.publish();
            long keys = index.liveKeys() + (nameless ? 1 : 0);
            return new SnapshotStatus(
                    (int) crc.getValue(), revision, keys, file.sizeBytes(), new BoltRecords(file).storageVersion());
        }

        private void walk(BoltCursor cursor, boolean isKeys) throws IOException {
            while (cursor.next()) {
                cursor.key().update(crc);
                if (!cursor.isBucket()) {
                    cursor.value().update(crc);
                }
                if (isKeys) {
                    record(cursor);
                }
                bytes += cursor.key().length() + cursor.value().length();
                if (++records % PROGRESS_RECORDS == 0) {
                    progress.accept(bytes);
                }
            }
        }

        private void record(BoltCursor cursor) {
            RevisionKey.check(cursor.key());
            revision = RevisionKey.main(cursor.key());
            if (cursor.value().length() == 0) {
                // What etcdutl writes to push the revision on: a key without a name, by etcd's count.
                nameless |= !RevisionKey.isTombstone(cursor.key());
                return;
            }
            StoreLoader.index(index, header, cursor.key(), cursor.value());
        }
    }
}

package io.etcetera.mvcc.snapshot;

import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.bolt.BoltBucket;
import io.etcetera.mvcc.bolt.BoltCursor;
import io.etcetera.mvcc.bolt.BoltFile;
import io.etcetera.mvcc.revision.StoredRecords;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The buckets of a bbolt file, for those who read a store's. What fails, fails with an {@link UncheckedIOException}. */
final class BoltRecords implements StoredRecords, CommittedView {
    private final BoltFile file;

    /** The file is closed by whoever opened it. */
    BoltRecords(BoltFile file) {
        this.file = file;
    }

    @Override
    public void forEach(EntryVisitor visitor) {
        scan(Bucket.KEY, visitor);
    }

    @Override
    public void scan(Bucket bucket, EntryVisitor visitor) {
        try {
            Optional<BoltBucket> found = file.bucket(bucket.bucketName());
            if (found.isPresent()) {
                BoltCursor cursor = found.get().cursor();
                boolean more = true;
                while (more && cursor.next()) {
                    more = visitor.visit(cursor.key(), cursor.value());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte @Nullable [] meta(MetaKeys key) {
        try {
            Optional<BoltBucket> meta = file.bucket(Bucket.META.bucketName());
            return meta.isEmpty() ? null : meta.get().get(key.key()).orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Such as 3.7.0; empty in files of releases before 3.6, which do not say. */
    String storageVersion() {
        byte[] version = meta(MetaKeys.STORAGE_VERSION);
        return version == null ? "" : new String(version, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        // The file is not this one's to close.
    }
}

package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.EntryVisitor;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import org.jspecify.annotations.Nullable;

/** What a store keeps in memory is loaded from this, wherever it is stored. */
public interface StoredRecords {

    /** Visits the records of bucket {@code key} in the order of their revisions. */
    void forEach(EntryVisitor visitor);

    /** A value of bucket {@code meta}; null if there is none. */
    byte @Nullable [] meta(MetaKeys key);

    static StoredRecords of(Backend backend) {
        return new StoredRecords() {
            @Override
            public void forEach(EntryVisitor visitor) {
                backend.scan(Bucket.KEY, new byte[0], visitor);
            }

            @Override
            public byte @Nullable [] meta(MetaKeys key) {
                return backend.get(Bucket.META, key.key());
            }
        };
    }
}

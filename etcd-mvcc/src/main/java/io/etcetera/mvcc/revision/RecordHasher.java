package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RevisionKey;

/**
 * Hashes records of the {@code key} bucket, given in key order, by etcd's rules: the name of the bucket, then key and
 * value of each record up to the revision. Of those up to the compact revision only the ones that are kept count, so
 * that it makes no difference how far a compaction has come with deleting the others. A tombstone exactly at the compact
 * revision never counts: releases of etcd before 3.5.16 deleted it at once. One thread.
 */
final class RecordHasher {
    private final long revision;
    private final long compactRevision;
    private final ViewChecksum checksum = new ViewChecksum();

    RecordHasher(long revision, long compactRevision) {
        this.revision = revision;
        this.compactRevision = compactRevision;
        checksum.update(Bucket.KEY);
    }

    /** Takes the next record. Whether it is kept matters only up to the compact revision. */
    void add(ByteView key, ByteView record, boolean kept) {
        long main = RevisionKey.main(key);
        if (main > revision) {
            return;
        }
        if (main <= compactRevision && !kept) {
            return;
        }
        if (main == compactRevision && RevisionKey.isTombstone(key)) {
            return;
        }
        checksum.update(key);
        checksum.update(record);
    }

    /** Hash of what has been added. */
    KvHash result() {
        return new KvHash(checksum.value(), revision, compactRevision);
    }
}

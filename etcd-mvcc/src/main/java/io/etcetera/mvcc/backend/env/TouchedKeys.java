package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.RevisionRun;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The stored keys that commits have put or deleted, without their values. The committer adds, a defragmentation drains;
 * thread-safe. Holds what was committed since the last drain, which is one step of the copy.
 */
public final class TouchedKeys {
    private Map<Bucket, List<byte[]>> keys = none();

    private static Map<Bucket, List<byte[]>> none() {
        Map<Bucket, List<byte[]>> lists = new EnumMap<>(Bucket.class);
        for (Bucket bucket : Bucket.values()) {
            lists.put(bucket, new ArrayList<>());
        }
        return lists;
    }

    synchronized void add(WriteBuffer committed) {
        for (Bucket bucket : Bucket.values()) {
            list(bucket).addAll(committed.overlay(bucket).keySet());
        }
        List<byte[]> revisions = list(Bucket.KEY);
        RevisionRun run = committed.revisions();
        for (int i = 0; i < run.size(); i++) {
            revisions.add(run.key(i));
        }
        if (committed.consistentIndex() >= 0) {
            list(Bucket.META).add(MetaKeys.CONSISTENT_INDEX.key());
            list(Bucket.META).add(MetaKeys.TERM.key());
        }
    }

    /** Takes all keys away: unordered, and some more than once. */
    synchronized Map<Bucket, List<byte[]>> drain() {
        Map<Bucket, List<byte[]>> drained = keys;
        keys = none();
        return drained;
    }

    public synchronized boolean isEmpty() {
        return keys.values().stream().allMatch(List::isEmpty);
    }

    private List<byte[]> list(Bucket bucket) {
        return Objects.requireNonNull(keys.get(bucket));
    }
}

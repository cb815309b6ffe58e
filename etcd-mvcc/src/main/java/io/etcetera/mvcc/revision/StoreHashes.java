package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's checksums, by which members find out whether they hold the same. Those that compactions have computed are
 * remembered, the newest ten, until the store is closed; others take a pass over the store as of one commit, which
 * neither the writer nor a compaction waits for. Any thread.
 */
final class StoreHashes {
    private static final Logger log = LoggerFactory.getLogger(StoreHashes.class);
    private static final int MAX_REMEMBERED = 10;

    /** In the order in which bbolt keeps them. */
    private static final List<Bucket> BUCKETS_BY_NAME = Arrays.stream(Bucket.values())
            .sorted(Comparator.comparing(Bucket::bucketName))
            .toList();

    /** Differ between members that hold the same. */
    private static final Set<MetaKeys> MEMBERS_OWN =
            Set.of(MetaKeys.CONSISTENT_INDEX, MetaKeys.TERM, MetaKeys.STORAGE_VERSION);

    private final RevisionStore store;
    private final Backend backend;
    private final KvStoreOptions options;

    /** By revision. */
    private final NavigableMap<Long, KvHash> remembered = new ConcurrentSkipListMap<>();

    StoreHashes(RevisionStore store, Backend backend, KvStoreOptions options) {
        this.store = store;
        this.backend = backend;
        this.options = options;
    }

    /** Remembers what a compaction has computed. */
    void remember(KvHash hash) {
        log.atInfo()
                .addKeyValue("hash", Integer.toUnsignedLong(hash.crc()))
                .addKeyValue("revision", hash.revision())
                .addKeyValue("compact-revision", hash.compactRevision())
                .log("storing new hash");
        remembered.put(hash.revision(), hash);
        if (remembered.size() > MAX_REMEMBERED) {
            remembered.pollFirstEntry();
        }
    }

    /** See {@link io.etcetera.mvcc.KvStore#compactionHashes}. */
    List<KvHash> remembered() {
        return List.copyOf(remembered.descendingMap().values());
    }

    /** See {@link io.etcetera.mvcc.KvStore#hash(long)}. */
    KvHashResult at(long revision) throws RevisionException, InterruptedException {
        long begin = options.nanoClock().getAsLong();
        // First of all, as in etcd: a compaction that others have followed still has its hash.
        KvHash known = remembered.get(revision);
        if (known != null) {
            return new KvHashResult(known, store.currentRevision());
        }
        while (true) {
            KvHashResult result = compute(revision);
            if (result != null) {
                options.listener().hashedRevision(options.nanoClock().getAsLong() - begin);
                return result;
            }
        }
    }

    /** Null if a compaction has begun meanwhile, which may have deleted what is needed. */
    private @Nullable KvHashResult compute(long revision) throws RevisionException, InterruptedException {
        long compact = store.compactRevision();
        long current = store.currentRevision();
        if (revision > 0 && revision < compact) {
            throw new RevisionException(Kind.COMPACTED);
        }
        if (revision > current) {
            throw new RevisionException(Kind.FUTURE);
        }
        KeyIndex.View view = store.publishedIndex();
        commit();
        try (CommittedView records = backend.committed()) {
            if (store.compactRevision() != compact) {
                return null;
            }
            long at = revision == 0 ? current : revision;
            return new KvHashResult(new RevisionHash(view, at, compact).of(records), current);
        }
    }

    /** See {@link io.etcetera.mvcc.KvStore#hash()}. */
    int ofAllBuckets() throws InterruptedException {
        long begin = options.nanoClock().getAsLong();
        commit();
        ViewChecksum checksum = new ViewChecksum();
        try (CommittedView committed = backend.committed()) {
            for (Bucket bucket : BUCKETS_BY_NAME) {
                checksum.update(bucket);
                committed.scan(bucket, (key, value) -> {
                    if (bucket != Bucket.META || !MetaKeys.isOneOf(MEMBERS_OWN, key)) {
                        checksum.update(key);
                        checksum.update(value);
                    }
                    return true;
                });
            }
        }
        options.listener().hashed(options.nanoClock().getAsLong() - begin);
        return checksum.value();
    }

    private void commit() throws InterruptedException {
        try {
            backend.commit().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new StoreFailedException("no hash of a store that cannot be committed", e);
        }
    }
}

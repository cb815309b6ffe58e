package io.etcetera.server.migrate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.bolt.BoltBucket;
import io.etcetera.mvcc.bolt.BoltCursor;
import io.etcetera.mvcc.bolt.BoltFile;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.leasepb.Lease;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.ClusterStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store of a Go etcd, and copying it into an empty one of this server, in synced steps of bounded size. One thread. */
final class GoStoreCopy implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GoStoreCopy.class);
    private static final long STEP_BYTES = 16 << 20;
    private static final long STEP_RECORDS = 50_000;
    private static final long REPORT_MILLIS = 5_000;

    /** What each server keeps in its own way. */
    private static final List<String> NOT_COPIED = List.of("consistent_index", "term");

    private static final Set<String> BUCKETS =
            Arrays.stream(Bucket.values()).map(Bucket::bucketName).collect(Collectors.toUnmodifiableSet());

    private final Path file;
    private final BoltFile source;
    private final TimeSource time;
    private final RecordHeader header = new RecordHeader();
    private long copiedBytes;
    private long stepBytes;
    private long stepRecords;
    private long reportedMillis;

    private GoStoreCopy(Path file, BoltFile source, TimeSource time) {
        this.file = file;
        this.source = source;
        this.time = time;
        this.reportedMillis = time.monotonicMillis();
    }

    /** Opens a store, which nobody may write to meanwhile. */
    static GoStoreCopy open(Path file, TimeSource time) throws IOException {
        return new GoStoreCopy(file, BoltFile.open(file), time);
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
        Optional<byte[]> value = value("meta", key.key());
        try {
            return value.isEmpty() ? 0 : key.decodeLong(value.get());
        } catch (CorruptStoreException e) {
            throw damaged("meta", String.valueOf(e.getMessage()));
        }
    }

    /** The version that a Go etcd last gave to its cluster, such as 3.5.0. */
    Optional<String> clusterVersion() throws IOException {
        return value("cluster", "clusterVersion".getBytes(StandardCharsets.UTF_8))
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    private Optional<byte[]> value(String bucket, byte[] key) throws IOException {
        Optional<BoltBucket> found = source.bucket(bucket);
        return found.isEmpty() ? Optional.empty() : found.get().get(key);
    }

    /** Copies all that the other store holds, but for how far its log had been applied. Returns when that is durable. */
    void copyTo(Backend target) throws IOException {
        warnOfOthers();
        target.beginEntry();
        try {
            for (Bucket bucket : Bucket.values()) {
                Optional<BoltBucket> from = source.bucket(bucket.bucketName());
                if (from.isPresent()) {
                    copy(from.get(), bucket, target);
                }
            }
            ClusterStore.markFounded(target);
        } finally {
            target.endEntry();
        }
        commit(target);
    }

    private void warnOfOthers() throws IOException {
        BoltCursor cursor = source.root().cursor();
        while (cursor.next()) {
            String name = new String(cursor.key().toArray(), StandardCharsets.UTF_8);
            if (!BUCKETS.contains(name)) {
                log.atWarn()
                        .addKeyValue("path", file)
                        .addKeyValue("bucket", name)
                        .log("left out an unknown bucket");
            }
        }
    }

    private void copy(BoltBucket from, Bucket bucket, Backend target) throws IOException {
        BoltCursor cursor = from.cursor();
        while (cursor.next()) {
            byte[] key = cursor.key().toArray();
            if (cursor.isBucket()) {
                throw damaged(bucket.bucketName(), "it holds a bucket");
            }
            if (bucket == Bucket.META && NOT_COPIED.contains(new String(key, StandardCharsets.UTF_8))) {
                continue;
            }
            check(bucket, cursor);
            byte[] value = cursor.value().toArray();
            target.put(bucket, key, value);
            stepBytes += key.length + value.length;
            stepRecords++;
            if (stepBytes >= STEP_BYTES || stepRecords >= STEP_RECORDS) {
                target.endEntry();
                commit(target);
                target.beginEntry();
            }
        }
    }

    /** What would keep the store from opening later is better found now. */
    private void check(Bucket bucket, BoltCursor cursor) throws MigrationException {
        try {
            if (bucket == Bucket.KEY) {
                RevisionKey.check(cursor.key());
                if (cursor.value().length() > 0) {
                    header.decode(cursor.value());
                }
            } else if (bucket == Bucket.LEASE) {
                Lease unused = Lease.parseFrom(cursor.value().toArray());
            }
        } catch (CorruptStoreException | InvalidProtocolBufferException e) {
            throw damaged(bucket.bucketName(), String.valueOf(e.getMessage()));
        }
    }

    private MigrationException damaged(String bucket, String what) {
        return new MigrationException(file + " is damaged in bucket " + bucket + ": " + what);
    }

    private void commit(Backend target) throws IOException {
        try {
            target.commit().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IOException("the new store cannot be written: " + e.getCause(), e);
        }
        copiedBytes += stepBytes;
        stepBytes = 0;
        stepRecords = 0;
        long now = time.monotonicMillis();
        if (now - reportedMillis >= REPORT_MILLIS) {
            reportedMillis = now;
            log.atInfo()
                    .addKeyValue("copied-bytes", copiedBytes)
                    .addKeyValue("file-bytes", source.sizeBytes())
                    .log("copying the store");
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}

package io.etcetera.mvcc.snapshot;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.bolt.BoltCursor;
import io.etcetera.mvcc.bolt.BoltFile;
import io.etcetera.mvcc.bolt.BoltFormatException;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.leasepb.Lease;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy of a bbolt file into a store; see {@link SnapshotFile#copyTo}. Reading does not wait for writing: the store
 * commits what it was given while more is read, and has the reader wait when more is waiting than its options allow. One
 * thread, once.
 */
final class SnapshotCopy {
    private static final Logger log = LoggerFactory.getLogger(SnapshotCopy.class);

    /** What goes into one entry of the store, which is all in one commit: little, beside what the store keeps waiting. */
    private static final long STEP_BYTES = 1L << 20;

    private static final int STEP_RECORDS = 1_000;

    private static final Map<String, Bucket> BUCKETS =
            Arrays.stream(Bucket.values()).collect(Collectors.toMap(Bucket::bucketName, Function.identity()));

    private final Path path;
    private final Backend target;
    private final SnapshotFile.Selection selection;
    private final LongConsumer progress;
    private final RecordHeader header = new RecordHeader();
    private long lastRevision;
    private long copiedBytes;
    private long stepBytes;
    private int stepRecords;
    private boolean inEntry;

    SnapshotCopy(Path path, Backend target, SnapshotFile.Selection selection, LongConsumer progress) {
        this.path = path;
        this.target = target;
        this.selection = selection;
        this.progress = progress;
    }

    long run(BoltFile file) throws IOException {
        try {
            for (BoltCursor top = file.root().cursor(); top.next(); ) {
                String name = new String(top.key().toArray(), StandardCharsets.UTF_8);
                Bucket bucket = BUCKETS.get(name);
                if (!top.isBucket() || bucket == null) {
                    log.atWarn()
                            .addKeyValue("path", path)
                            .addKeyValue("bucket", name)
                            .log("left out an unknown bucket");
                } else {
                    copy(bucket, top.bucket().cursor());
                }
            }
            endStep();
        } finally {
            endEntry();
        }
        commit();
        return lastRevision;
    }

    private void copy(Bucket bucket, BoltCursor cursor) throws IOException {
        while (cursor.next()) {
            if (cursor.isBucket()) {
                throw new BoltFormatException(
                        path + " is damaged: bucket " + bucket.bucketName() + " holds another bucket");
            }
            if (!selection.includes(bucket, cursor.key())) {
                continue;
            }
            check(bucket, cursor);
            byte[] key = cursor.key().toArray();
            byte[] value = cursor.value().toArray();
            if (!inEntry) {
                target.beginEntry();
                inEntry = true;
            }
            target.put(bucket, key, value);
            stepBytes += key.length + value.length;
            if (++stepRecords >= STEP_RECORDS || stepBytes >= STEP_BYTES) {
                endStep();
            }
        }
    }

    /** What would keep the store from opening later is better found now. */
    private void check(Bucket bucket, BoltCursor cursor) throws BoltFormatException {
        if (bucket == Bucket.KEY) {
            RevisionKey.check(cursor.key());
            lastRevision = RevisionKey.main(cursor.key());
            if (cursor.value().length() > 0) {
                header.decode(cursor.value());
            }
        } else if (bucket == Bucket.LEASE) {
            try {
                Lease.parser().parseFrom(cursor.value().toArray());
            } catch (InvalidProtocolBufferException e) {
                throw new BoltFormatException(
                        path + " is damaged: a value of bucket lease is no lease: " + e.getMessage());
            }
        }
    }

    private void endEntry() {
        if (inEntry) {
            inEntry = false;
            target.endEntry();
        }
    }

    private void endStep() {
        endEntry();
        copiedBytes += stepBytes;
        stepBytes = 0;
        stepRecords = 0;
        progress.accept(copiedBytes);
    }

    private void commit() {
        try {
            var unusedIndex = target.commit().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new StoreFailedException("the new store cannot be written: " + e.getCause(), e);
        }
    }
}

package io.etcetera.server.rpc.port;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.PreparedStore;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.mvcc.WatchHub;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.mvcc.backend.IncomingStore;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A map with a revision: holds the latest version of each key, and shows those not newer than the revision asked for. */
public final class FakeStore implements KvStore {
    final ConcurrentNavigableMap<byte[], StoredKeyValue> kvs = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    public final FakeWatchHub hub = new FakeWatchHub();
    public final Set<Thread> readers = ConcurrentHashMap.newKeySet();
    final CompletableFuture<Void> defragmentation = new CompletableFuture<>();
    public volatile long revision = 1;
    public volatile long compactRevision = -1;

    /** Puts a key at the next revision. */
    public KeyValue put(String key, byte[] value) {
        long next = revision + 1;
        KeyValue kv = KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setCreateRevision(next)
                .setModRevision(next)
                .setVersion(1)
                .setValue(ByteString.copyFrom(value))
                .build();
        kvs.put(kv.getKey().toByteArray(), new StoredKeyValue(kv.toByteArray(), next, next, 1));
        revision = next;
        return kv;
    }

    @Override
    public RangeResult range(KeyRange range, RangeOptions options) throws RevisionException {
        readers.add(Thread.currentThread());
        long at = options.revision() > 0 ? options.revision() : revision;
        if (at > revision) {
            throw new RevisionException(RevisionException.Kind.FUTURE);
        }
        if (at < compactRevision) {
            throw new RevisionException(RevisionException.Kind.COMPACTED);
        }
        List<StoredKeyValue> found = new ArrayList<>();
        kvs.forEach((key, kv) -> {
            if (range.contains(key) && kv.modRevision() <= at) {
                found.add(kv);
            }
        });
        List<StoredKeyValue> kept =
                options.limit() > 0 && options.limit() < found.size() ? found.subList(0, (int) options.limit()) : found;
        return new RangeResult(options.countOnly() ? List.of() : kept, found.size(), revision);
    }

    @Override
    public long currentRevision() {
        return revision;
    }

    @Override
    public long compactRevision() {
        return compactRevision;
    }

    @Override
    public CompletionStage<Void> compactionsDone() {
        throw new UnsupportedOperationException("the applier waits for compactions");
    }

    /** What {@link #hash(long)} answers; without it, that waits until its thread is interrupted. */
    @Nullable
    KvHash hash;

    /** Released by a {@link #hash(long)} that waits. */
    final CountDownLatch hashing = new CountDownLatch(1);

    @Override
    public KvHashResult hash(long at) throws RevisionException, InterruptedException {
        readers.add(Thread.currentThread());
        if (at > revision) {
            throw new RevisionException(RevisionException.Kind.FUTURE);
        }
        if (at < compactRevision) {
            throw new RevisionException(RevisionException.Kind.COMPACTED);
        }
        KvHash answer = hash;
        if (answer == null) {
            hashing.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts this latch down");
        }
        return new KvHashResult(answer, revision);
    }

    @Override
    public List<KvHash> compactionHashes() {
        return List.of();
    }

    @Override
    public int hash() {
        readers.add(Thread.currentThread());
        return 0xfedcba98;
    }

    @Override
    public CompletionStage<Void> defragment() {
        return defragmentation;
    }

    @Override
    public long sizeBytes() {
        return 20480;
    }

    @Override
    public long sizeInUseBytes() {
        return 16384;
    }

    @Override
    public long liveKeys() {
        return kvs.size();
    }

    @Override
    public int openReads() {
        return 0;
    }

    @Override
    public WatchHub watchHub() {
        return hub;
    }

    @Override
    public WriteTxn write() {
        throw new UnsupportedOperationException("the RPC layer does not write");
    }

    @Override
    public PreparedStore prepare(IncomingStore incoming, LeaseBinder leases) {
        throw new UnsupportedOperationException("the RPC layer does not install");
    }

    @Override
    public void install(PreparedStore prepared) {
        throw new UnsupportedOperationException("the RPC layer does not install");
    }

    @Override
    public CompletionStage<Void> compact(long compactAt) {
        throw new UnsupportedOperationException("the RPC layer does not write");
    }

    @Override
    public void close() {}
}

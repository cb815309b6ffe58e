package io.etcetera.mvcc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.watch.Change;
import io.etcetera.proto.mvccpb.KeyValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;

/** A store on a file, written to as the apply thread does: one log entry for each operation. */
final class StoreFixture implements AutoCloseable {
    static final KvStoreOptions QUICK = KvStoreOptions.DEFAULT.withCompaction(7, Duration.ZERO);

    final FakeLeases leases = new FakeLeases();
    final Backend backend;
    final KvStore store;
    private long index;

    StoreFixture(Path file) {
        this(file, BackendOptions.DEFAULT.withFsync(false), QUICK);
    }

    StoreFixture(Path file, BackendOptions backendOptions, KvStoreOptions options) {
        this(LmdbStore.open(file, backendOptions), options);
    }

    StoreFixture(Backend backend, KvStoreOptions options) {
        this.backend = backend;
        store = ReplaceableStore.open(backend, leases, options);
        index = backend.consistentIndex();
    }

    /** The next entry comes behind this index: another store has been installed. */
    void index(long installed) {
        index = installed;
    }

    /** A value that begins like this, and now and then is so large that the store keeps its last bytes apart. */
    static String anySize(String begin, Random random) {
        return random.nextInt(8) == 0 ? begin + ".".repeat(4_000 + random.nextInt(300)) : begin;
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static String text(ByteString bytes) {
        return bytes.toString(ISO_8859_1);
    }

    /** [start, end), everything from start on if end is one zero byte, the single key if it is empty. */
    static KeyRange range(String start, String end) {
        return KeyRange.of(bytes(start), bytes(end));
    }

    static final KeyRange ALL = range("\0", "\0");

    interface Work<T> {
        T in(WriteTxn txn) throws RevisionException;
    }

    /** One entry with one transaction. */
    <T> T write(Work<T> work) {
        backend.beginEntry();
        try (WriteTxn txn = store.write()) {
            return work.in(txn);
        } catch (RevisionException e) {
            throw new AssertionError(e);
        } finally {
            backend.endEntry(++index, 1);
        }
    }

    long put(String key, String value) {
        return put(key, value, 0);
    }

    long put(String key, String value, long lease) {
        return write(txn -> txn.put(bytes(key), bytes(value), lease));
    }

    long delete(String key) {
        return delete(key, "");
    }

    long delete(String start, String end) {
        return write(txn -> txn.delete(range(start, end)));
    }

    CompletionStage<Void> startCompaction(long revision) throws RevisionException {
        backend.beginEntry();
        try {
            return store.compact(revision);
        } finally {
            backend.endEntry(++index, 1);
        }
    }

    void compact(long revision) throws RevisionException {
        startCompaction(revision).toCompletableFuture().join();
    }

    RangeResult read(KeyRange range, long revision) throws RevisionException {
        return store.range(range, new RangeOptions(revision, 0, false, false));
    }

    /** Key, value, create and mod revision, version and lease of each key. */
    List<String> show(KeyRange range, long revision) throws RevisionException {
        return show(read(range, revision));
    }

    static List<String> show(RangeResult result) {
        List<String> all = new ArrayList<>();
        for (StoredKeyValue stored : result.kvs()) {
            all.add(show(stored.decode()));
        }
        return all;
    }

    private static String show(KeyValue kv) {
        return text(kv.getKey()) + "=" + text(kv.getValue()) + " c" + kv.getCreateRevision() + " m"
                + kv.getModRevision() + " v" + kv.getVersion() + (kv.getLease() == 0 ? "" : " l" + kv.getLease());
    }

    /** Main.sub of each change of the revisions from {@code from} on, with its key and version, as watchers get them. */
    List<String> history(long from) throws RevisionException {
        return history(from, store.currentRevision());
    }

    List<String> history(long from, long to) throws RevisionException {
        List<String> all = new ArrayList<>();
        ((ReplaceableStore) store).history().changesSince(from, to, change -> all.add(show(change)));
        return all;
    }

    /** As {@link #show}, what a key was before a revision, as watchers get it. */
    List<String> showBefore(String key, long revision) {
        byte[] record = ((ReplaceableStore) store).history().recordBefore(bytes(key), revision);
        return record == null ? List.of() : List.of(show(new StoredKeyValue(record, 0, 0, 0).decode()));
    }

    private static String show(Change change) {
        return change.modMain() + "." + change.modSub() + " " + new String(change.key(), ISO_8859_1)
                + (change.isDelete() ? " deleted" : " v" + change.version());
    }

    /** Main.sub of each record on disk or on its way there, tombstones with a t. */
    List<String> records() {
        List<String> all = new ArrayList<>();
        backend.forEach(
                Bucket.KEY,
                (key, value) -> all.add(RevisionKey.main(key) + "." + RevisionKey.sub(key)
                        + (RevisionKey.isTombstone(key) ? "t" : "")));
        return all;
    }

    @Override
    public void close() {
        store.close();
    }
}

package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.backend.page.LmdbFile;
import io.etcetera.mvcc.backend.page.LmdbMeta;
import io.etcetera.mvcc.backend.page.RawFile;
import io.etcetera.mvcc.schema.Bucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The LMDB environment: one file, one database for each bucket, a pool of read transactions. Any thread reads; one at a
 * time writes. All LMDB errors leave as the exceptions that {@link LmdbErrors} makes of them.
 *
 * <p>Each value in LMDB stands behind its {@link RecordChecksum}, and has its last bytes elsewhere if {@link RecordTails} says so.
 * {@link RecordWriter} writes it like that, {@link ReadTxn} and {@link LmdbCursor} verify and join it; beside them only {@link
 * RecordAppender} and {@link StoreCopy} see those bytes, and keep them as they are.
 *
 * <p>The kernel's read-ahead stays on (no {@code MDB_NORDAHEAD}): the scan at the start would take ten times as long
 * from a cold disk without it, and what it saves concerns only files much larger than memory.
 */
public final class LmdbEnv implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LmdbEnv.class);
    private static final long MIN_MAP_SIZE = 1L << 30;
    private static final int META_PAGES = 2;
    private static final byte[] FROM_START = {};
    private static final int MAX_READERS = ReadTxnPool.MAX_IN_USE + 64 + 1; // in use, idle, and the write transaction

    private final Env<NativeSlice> env;
    private final RawFile raw;
    private final Map<Bucket, Dbi<NativeSlice>> databases = new EnumMap<>(Bucket.class);
    private final LmdbErrors errors;
    private final ReadTxnPool readers;
    private final int pageSize;

    /** Of the thread that updates. */
    private final RecordWriter writer;

    private volatile long sizeBytes;
    private volatile long sizeInUseBytes;

    /**
     * Opens the file, or makes it. Its name is made durable at every start, since the one that made the file may have been
     * killed before it came to this.
     */
    public static LmdbEnv open(Path file, long mapSizeBytes, boolean fsync, DurableSteps steps) {
        LmdbFile.prepare(file);
        long mapSize = mapSizeBytes;
        while (true) {
            LmdbErrors errors = new LmdbErrors(file, mapSize);
            Env<NativeSlice> env;
            try {
                env = openEnv(file, mapSize, fsync);
            } catch (LmdbNativeException e) {
                if (e.getResultCode() == LmdbErrors.ENOMEM && mapSize / 2 >= MIN_MAP_SIZE) {
                    mapSize /= 2;
                    continue;
                }
                throw errors.translate("open", e);
            } catch (RuntimeException e) {
                throw errors.translate("open", e);
            } catch (LinkageError e) {
                throw errors.notLoaded(e);
            }
            if (mapSize != mapSizeBytes) {
                log.warn("store {}: mapped {} bytes, since the system refused {}", file, mapSize, mapSizeBytes);
            }
            RawFile raw = openRaw(file, env);
            try {
                LmdbEnv opened = new LmdbEnv(env, raw, errors, steps);
                LmdbFile.syncDirectory(file);
                steps.reached(DurableSteps.Step.NAME_SYNCED);
                return opened;
            } catch (RuntimeException e) {
                close(env, raw);
                throw errors.translate("open", e);
            } catch (Error e) {
                close(env, raw);
                throw e;
            }
        }
    }

    private static RawFile openRaw(Path file, Env<NativeSlice> env) {
        try {
            return new RawFile(file);
        } catch (IOException e) {
            env.close();
            throw new StoreFailedException("store " + file + ": cannot open: " + e, e);
        }
    }

    private static void close(Env<NativeSlice> env, RawFile raw) {
        env.close();
        try {
            raw.close();
        } catch (IOException e) {
            // It has only been read.
            log.warn("cannot close the file of a store", e);
        }
    }

    /**
     * Opens a file that stands beside the store's own, or makes it.
     *
     * @param mapSizeBytes of the store's
     * @param storeBytes what has to find room twice at least
     * @throws StoreFailedException if the system refuses to map so much a second time
     */
    public static LmdbEnv openSecond(Path file, long mapSizeBytes, long storeBytes, boolean fsync) {
        LmdbEnv second = open(file, mapSizeBytes, fsync, DurableSteps.UNOBSERVED);
        if (second.mapSizeBytes() < Math.min(mapSizeBytes, 2 * storeBytes)) {
            second.close();
            throw new StoreFailedException(
                    "the system refuses to map a second file; raise the limit on address space (ulimit -v)", null);
        }
        return second;
    }

    private static Env<NativeSlice> openEnv(Path file, long mapSize, boolean fsync) {
        List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOTLS));
        if (!fsync) {
            flags.add(EnvFlags.MDB_NOSYNC);
        }
        return Env.create(new NativeSliceProxy())
                .setMapSize(mapSize)
                .setMaxDbs(Bucket.values().length)
                .setMaxReaders(MAX_READERS)
                .open(file.toFile(), 0600, flags.toArray(EnvFlags[]::new));
    }

    private LmdbEnv(Env<NativeSlice> env, RawFile raw, LmdbErrors errors, DurableSteps steps) {
        this.env = env;
        this.raw = raw;
        this.errors = errors;
        this.readers = new ReadTxnPool(this, env);
        steps.reached(DurableSteps.Step.FILE_OPENED);
        checkNames();
        try (Txn<NativeSlice> txn = env.txnWrite()) {
            for (Bucket bucket : Bucket.values()) {
                byte[] name = bucket.bucketName().getBytes(StandardCharsets.US_ASCII);
                databases.put(bucket, env.openDbi(txn, name, null, false, DbiFlags.MDB_CREATE));
                if (bucket != Bucket.KEY) {
                    verify(txn, bucket);
                }
            }
            Stat main = env.stat();
            pageSize = main.pageSize;
            writer = new RecordWriter(this, pageSize);
            sizeInUseBytes = pagesInUse(txn, main) * pageSize;
            txn.commit();
        }
        steps.reached(DurableSteps.Step.BUCKETS_MADE);
        sizeBytes = (env.info().lastPageNumber + 1) * pageSize;
    }

    /** A damaged name would be that of a new bucket, and all that it held forgotten. */
    private void checkNames() {
        Set<String> known = new HashSet<>();
        for (Bucket bucket : Bucket.values()) {
            known.add(bucket.bucketName());
        }
        for (byte[] bytes : env.getDbiNames()) {
            String name = new String(bytes, StandardCharsets.ISO_8859_1);
            if (!known.contains(name)) {
                throw errors.unknownBucket(name);
            }
        }
    }

    /** Reads all records of a bucket, so that a damaged one is not found later, when something depends on it. */
    private void verify(Txn<NativeSlice> txn, Bucket bucket) {
        try (LmdbCursor cursor =
                new LmdbCursor(this, txn, bucket, NativeSlice.scratch(LongKeys.STORED_LENGTH), new RecordChecksum())) {
            for (boolean found = cursor.seek(FROM_START); found; found = cursor.next()) {
                cursor.load();
            }
        }
    }

    /** A read transaction on the newest commit, to be closed; null once this environment is closing. */
    @Nullable
    ReadTxn acquire() {
        try {
            return readers.acquire();
        } catch (LmdbException e) {
            throw errors.translate("read", e);
        }
    }

    void release(ReadTxn txn) {
        readers.release(txn);
    }

    /** Commits a buffer in one transaction, synced. Committer only. */
    void commit(WriteBuffer buffer) {
        update(txn -> writer.write(txn, buffer));
    }

    /** Commits what {@code work} does in one transaction, synced; nothing of it if it throws. One thread at a time. */
    void update(Consumer<Txn<NativeSlice>> work) {
        try {
            try (Txn<NativeSlice> txn = env.txnWrite()) {
                work.accept(txn);
                long pages = pagesInUse(txn, env.stat());
                txn.commit();
                sizeInUseBytes = pages * pageSize;
            }
            sizeBytes = (env.info().lastPageNumber + 1) * pageSize;
        } catch (RuntimeException e) {
            throw errors.translate("commit", e);
        }
    }

    private long pagesInUse(Txn<NativeSlice> txn, Stat main) {
        long pages = META_PAGES + pages(main);
        for (Dbi<NativeSlice> database : databases.values()) {
            pages += pages(database.stat(txn));
        }
        return pages;
    }

    private static long pages(Stat stat) {
        return stat.branchPages + stat.leafPages + stat.overflowPages;
    }

    /** Read transactions in use. */
    int openReads() {
        return readers.inUse();
    }

    /** All pages of the file as of the last commit. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Pages of the buckets as of the last commit. */
    public long sizeInUseBytes() {
        return sizeInUseBytes;
    }

    /** Address space that is mapped, which bounds the size of the file. */
    public long mapSizeBytes() {
        return errors.mapSizeBytes();
    }

    /** The file has another name from now on, which messages are to give. */
    public void renamedTo(Path file) {
        errors.renamedTo(file);
    }

    /** The file, page by page. Only pages of a transaction that is open stay as they are. */
    RawFile raw() {
        return raw;
    }

    /** The meta page that a transaction of this ID has begun with; null if a later one may have overwritten it. */
    @Nullable
    LmdbMeta meta(long txn) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(pageSize).order(ByteOrder.nativeOrder());
        long number = LmdbMeta.pageOf(txn);
        raw.fill(page, number * pageSize);
        LmdbMeta meta = new LmdbMeta(page);
        // Nobody begins to overwrite it before the next transaction is committed.
        return meta.isSound(number) && meta.txn() == txn && env.info().lastTransactionId == txn ? meta : null;
    }

    LmdbErrors errors() {
        return errors;
    }

    /** Of the thread that updates. */
    RecordWriter writer() {
        return writer;
    }

    Dbi<NativeSlice> database(Bucket bucket) {
        return Objects.requireNonNull(databases.get(bucket));
    }

    /** Waits for readers. Idempotent. */
    @Override
    public void close() {
        if (!env.isClosed()) {
            readers.close();
            close(env, raw);
        }
    }
}

package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The LMDB environment: one file, one database for each bucket, a pool of read transactions. Any thread reads; one at a
 * time writes. All LMDB errors leave as the exceptions that {@link LmdbErrors} makes of them.
 *
 * <p>The kernel's read-ahead stays on (no {@code MDB_NORDAHEAD}): the scan at the start would take ten times as long
 * from a cold disk without it, and what it saves concerns only files much larger than memory.
 */
final class LmdbEnv implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LmdbEnv.class);
    private static final long MIN_MAP_SIZE = 1L << 30;
    private static final int META_PAGES = 2;
    private static final int MAX_READERS = ReadTxnPool.MAX_IN_USE + 64 + 1; // in use, idle, and the write transaction

    private final Env<NativeSlice> env;
    private final Map<Bucket, Dbi<NativeSlice>> databases = new EnumMap<>(Bucket.class);
    private final LmdbErrors errors;
    private final ReadTxnPool readers;
    private final int pageSize;

    // Committer only.
    private final NativeSlice keyScratch = NativeSlice.scratch(LongKeys.STORED_LENGTH);

    private volatile long sizeBytes;
    private volatile long sizeInUseBytes;

    /** Opens the file, or makes it. */
    static LmdbEnv open(Path file, long mapSizeBytes, boolean fsync) {
        LmdbFile.prepare(file);
        boolean isNew = !Files.exists(file);
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
            }
            if (mapSize != mapSizeBytes) {
                log.warn("store {}: mapped {} bytes, since the system refused {}", file, mapSize, mapSizeBytes);
            }
            try {
                LmdbEnv opened = new LmdbEnv(env, errors);
                if (isNew) {
                    syncDirectory(file);
                }
                return opened;
            } catch (RuntimeException e) {
                env.close();
                throw errors.translate("open", e);
            } catch (Error e) {
                env.close();
                throw e;
            }
        }
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

    /** Makes the new file's name durable: LMDB syncs only what is inside. */
    private static void syncDirectory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new StoreFailedException("store " + file + ": cannot sync its directory: " + e.getMessage(), e);
        }
    }

    private LmdbEnv(Env<NativeSlice> env, LmdbErrors errors) {
        this.env = env;
        this.errors = errors;
        this.readers = new ReadTxnPool(env);
        try (Txn<NativeSlice> txn = env.txnWrite()) {
            for (Bucket bucket : Bucket.values()) {
                byte[] name = bucket.bucketName().getBytes(StandardCharsets.US_ASCII);
                databases.put(bucket, env.openDbi(txn, name, null, false, DbiFlags.MDB_CREATE));
            }
            Stat main = env.stat();
            pageSize = main.pageSize;
            sizeInUseBytes = pagesInUse(txn, main) * pageSize;
            txn.commit();
        }
        sizeBytes = (env.info().lastPageNumber + 1) * pageSize;
    }

    /** A read transaction on the newest commit; the caller gives it back. */
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

    /** A place in the map, valid until {@code txn} is given back; null if there is no such key. */
    @Nullable
    NativeSlice get(ReadTxn txn, Bucket bucket, NativeSlice key) {
        try {
            return database(bucket).get(txn.txn(), key);
        } catch (RuntimeException e) {
            throw errors.translate("read", e);
        }
    }

    /** A cursor over a bucket, to be closed before {@code txn} is given back. */
    LmdbCursor cursor(ReadTxn txn, Bucket bucket) {
        try {
            return new LmdbCursor(database(bucket).openCursor(txn.txn()), txn.key(), errors);
        } catch (RuntimeException e) {
            throw errors.translate("read", e);
        }
    }

    /** Commits a buffer in one transaction, synced. Committer only. */
    void commit(WriteBuffer buffer) {
        try {
            try (Txn<NativeSlice> txn = env.txnWrite()) {
                appendRevisions(txn, buffer.revisions());
                for (Bucket bucket : Bucket.values()) {
                    apply(txn, bucket, buffer);
                }
                if (buffer.consistentIndex() >= 0) {
                    put(txn, MetaKeys.CONSISTENT_INDEX, buffer.consistentIndex());
                    put(txn, MetaKeys.TERM, buffer.term());
                }
                long pages = pagesInUse(txn, env.stat());
                txn.commit();
                sizeInUseBytes = pages * pageSize;
            }
            sizeBytes = (env.info().lastPageNumber + 1) * pageSize;
        } catch (RuntimeException e) {
            throw errors.translate("commit", e);
        }
    }

    /** New revisions nearly always lie behind all on disk, where LMDB can append without searching and fill its pages. */
    private void appendRevisions(Txn<NativeSlice> txn, RevisionRun run) {
        int size = run.size();
        if (size == 0) {
            return;
        }
        try (Cursor<NativeSlice> cursor = database(Bucket.KEY).openCursor(txn)) {
            boolean append = !cursor.last() || cursor.key().compareTo(run.key(0)) < 0;
            PutFlags[] flags = append ? new PutFlags[] {PutFlags.MDB_APPEND} : new PutFlags[0];
            for (int i = 0; i < size; i++) {
                byte[] value = run.value(i);
                cursor.reserve(keyScratch.set(run.key(i)), value.length, flags).fill(value);
            }
        }
    }

    private void apply(Txn<NativeSlice> txn, Bucket bucket, WriteBuffer buffer) {
        Dbi<NativeSlice> database = database(bucket);
        for (Map.Entry<byte[], byte[]> entry : buffer.overlay(bucket).entrySet()) {
            byte[] value = entry.getValue();
            NativeSlice key = keyScratch.set(entry.getKey());
            if (value == WriteBuffer.DELETED) {
                database.delete(txn, key);
            } else {
                database.reserve(txn, key, value.length).fill(value);
            }
        }
    }

    private void put(Txn<NativeSlice> txn, MetaKeys key, long value) {
        byte[] bytes = MetaKeys.encodeLong(value);
        database(Bucket.META)
                .reserve(txn, keyScratch.set(key.key()), bytes.length)
                .fill(bytes);
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

    /** All pages of the file as of the last commit. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** Pages of the buckets as of the last commit. */
    long sizeInUseBytes() {
        return sizeInUseBytes;
    }

    private Dbi<NativeSlice> database(Bucket bucket) {
        return Objects.requireNonNull(databases.get(bucket));
    }

    /** Waits for readers. Idempotent. */
    @Override
    public void close() {
        if (!env.isClosed()) {
            readers.close();
            env.close();
        }
    }

    /** A cursor of a read transaction. One thread. */
    static final class LmdbCursor implements AutoCloseable {
        private final Cursor<NativeSlice> cursor;
        private final NativeSlice seekKey;
        private final LmdbErrors errors;

        private LmdbCursor(Cursor<NativeSlice> cursor, NativeSlice seekKey, LmdbErrors errors) {
            this.cursor = cursor;
            this.seekKey = seekKey;
            this.errors = errors;
        }

        /** Goes to the first key that is not below {@code from}; false if there is none. */
        boolean seek(byte[] from) {
            try {
                return from.length == 0 ? cursor.first() : cursor.get(seekKey.set(from), GetOp.MDB_SET_RANGE);
            } catch (RuntimeException e) {
                throw errors.translate("read", e);
            }
        }

        boolean next() {
            try {
                return cursor.next();
            } catch (RuntimeException e) {
                throw errors.translate("read", e);
            }
        }

        NativeSlice key() {
            return cursor.key();
        }

        NativeSlice value() {
            return cursor.val();
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}

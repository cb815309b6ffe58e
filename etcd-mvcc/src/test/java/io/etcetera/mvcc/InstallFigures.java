package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.store.LmdbStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a store of many small keys takes to be copied, loaded beside another and put in its place, and what memory
 * the second index takes: {@code InstallFigures <directory> <keys>}.
 */
final class InstallFigures {
    private static final Logger log = LoggerFactory.getLogger(InstallFigures.class);
    private static final int KEYS_IN_TRANSACTION = 100;

    private long begin;

    private InstallFigures() {}

    public static void main(String[] args) throws Exception {
        new InstallFigures().run(Path.of(args[0]), Integer.parseInt(args[1]));
    }

    private void run(Path directory, int keys) throws Exception {
        ReplaceableBackend leader = open(directory.resolve("leader"));
        ReplaceableBackend follower = open(directory.resolve("follower"));
        try (StoreFixture leading = new StoreFixture(leader, KvStoreOptions.DEFAULT);
                StoreFixture following = new StoreFixture(follower, KvStoreOptions.DEFAULT)) {
            fill(leading, keys);
            fill(following, keys / 2);
            begin();
            StoreImage image = leader.image().toCompletableFuture().join();
            took("make the copy of " + image.lengthBytes() + " bytes");
            Images.copy(image, follower.incomingFile());
            took("carry it over");
            image.close();
            long before = heapBytes();
            begin();
            PreparedStore prepared = following.store.prepare(follower.openIncoming(), following.leases);
            took("check and load it");
            log.info("{} bytes of heap for the second index", heapBytes() - before);
            begin();
            following.store.install(prepared);
            took("put it in place");
        }
    }

    private static ReplaceableBackend open(Path home) throws IOException {
        return LmdbStore.open(Files.createDirectories(home).resolve("store.mdb"), BackendOptions.DEFAULT);
    }

    private static void fill(StoreFixture kv, int keys) {
        for (int first = 0; first < keys; first += KEYS_IN_TRANSACTION) {
            int from = first;
            kv.write(txn -> {
                for (int i = from; i < from + KEYS_IN_TRANSACTION; i++) {
                    txn.put(String.format("key-%012d", i).getBytes(StandardCharsets.US_ASCII), new byte[64], 0);
                }
                return txn.revision();
            });
        }
        kv.backend.commit().toCompletableFuture().join();
    }

    private void begin() {
        begin = System.nanoTime();
    }

    private void took(String what) {
        long end = System.nanoTime();
        log.info("{} ms to {}", TimeUnit.NANOSECONDS.toMillis(end - begin), what);
        begin = end;
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}

package io.etcetera.mvcc.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Readers beside a writer that changes all keys in each transaction: at any revision of any view, all keys alive must
 * bear that very revision, and there must be as many as the transaction put.
 */
class KeyIndexConcurrencyTest {
    private static final KeyRange EVERYTHING = KeyRange.of(new byte[] {0}, new byte[] {0});
    private static final int KEYS = 200;
    private static final int TRANSACTIONS = 3000;
    private static final int KEPT_REVISIONS = 150;
    private static final int READERS = 3;

    private final KeyIndex index = new KeyIndex();
    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void everyViewIsConsistent() throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                results.add(readers.submit((Callable<Long>) this::read));
            }
            try {
                write();
            } finally {
                done.set(true);
            }
            for (Future<Long> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            readers.shutdownNow();
        }
    }

    private void write() {
        for (long main = 2; main < TRANSACTIONS; main++) {
            for (int i = 0; i < KEYS; i++) {
                byte[] key = ("key-" + i).getBytes(UTF_8);
                if (isAlive(i, main)) {
                    index.put(key, main, i);
                } else {
                    index.delete(key, main, i);
                }
            }
            index.publish();
            if (main % 50 == 0 && main > KEPT_REVISIONS) {
                byte[] next = null;
                do {
                    next = index.compact(main - KEPT_REVISIONS, next, 64);
                    index.publish();
                } while (next != null);
            }
        }
    }

    private long read() {
        long checks = 0;
        boolean last;
        do {
            last = done.get();
            KeyIndex.View view = index.published();
            long newest = newest(view);
            // Twice the same view: the writer and its compaction go on meanwhile.
            for (int back = 0; back < KEPT_REVISIONS - 60 && newest - back >= 2; back += 13) {
                check(view, newest - back);
                checks++;
            }
            if (newest > 1) {
                check(view, newest);
            }
        } while (!last);
        return checks;
    }

    private static long newest(KeyIndex.View view) {
        long[] newest = {1};
        view.range(EVERYTHING, Long.MAX_VALUE, key -> {
            newest[0] = key.modMain();
            return false;
        });
        return newest[0];
    }

    private static void check(KeyIndex.View view, long at) {
        long expected = 0;
        IndexEntry entry = new IndexEntry();
        for (int i = 0; i < KEYS; i++) {
            byte[] key = ("key-" + i).getBytes(UTF_8);
            boolean alive = isAlive(i, at);
            assertThat(view.get(key, at, entry)).isEqualTo(alive);
            if (alive) {
                expected++;
                assertThat(entry.modMain()).isEqualTo(at);
                assertThat(entry.modSub()).isEqualTo(i);
                assertThat(view.contains(key, at, i)).isTrue();
            }
        }
        assertThat(view.count(EVERYTHING, at)).isEqualTo(expected);
        long[] seen = {0};
        view.range(EVERYTHING, at, key -> {
            assertThat(key.modMain()).isEqualTo(at);
            seen[0]++;
            return true;
        });
        assertThat(seen[0]).isEqualTo(expected);
    }

    private static boolean isAlive(int key, long main) {
        return (key + main) % 5 != 0;
    }
}

package io.etcetera.mvcc.backend.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.schema.Bucket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommittedViewTest {
    private final Backend backend;

    CommittedViewTest(@TempDir Path directory) {
        backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT.withFsync(false));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private void put(String key, String value) {
        backend.beginEntry();
        backend.put(Bucket.LEASE, key.getBytes(ISO_8859_1), value.getBytes(ISO_8859_1));
        backend.endEntry();
    }

    private void delete(String key) {
        backend.beginEntry();
        backend.delete(Bucket.LEASE, key.getBytes(ISO_8859_1));
        backend.endEntry();
    }

    private void commit() {
        backend.commit().toCompletableFuture().join();
    }

    private static List<String> show(CommittedView view) throws InterruptedException {
        List<String> all = new ArrayList<>();
        view.scan(
                Bucket.LEASE,
                (key, value) ->
                        all.add(new String(key.toArray(), ISO_8859_1) + "=" + new String(value.toArray(), ISO_8859_1)));
        return all;
    }

    @Test
    void staysAsItWasWhileOthersWriteAndCommit() throws Exception {
        put("a", "1");
        put("b", "1");
        commit();
        try (CommittedView view = backend.committed()) {
            delete("a");
            put("b", "2");
            put("c", "2");
            assertThat(show(view)).containsExactly("a=1", "b=1");
            commit();
            assertThat(show(view)).containsExactly("a=1", "b=1");
        }
        try (CommittedView view = backend.committed()) {
            assertThat(show(view)).containsExactly("b=2", "c=2");
        }
    }

    @Test
    void showsLongKeysInFull() throws Exception {
        String longKey = "k".repeat(600);
        put("a", "1");
        put(longKey, "2");
        commit();
        try (CommittedView view = backend.committed()) {
            assertThat(show(view)).containsExactly("a=1", longKey + "=2");
        }
    }

    @Test
    void theVisitorEndsAScan() throws Exception {
        put("a", "1");
        put("b", "1");
        commit();
        List<Integer> seen = new ArrayList<>();
        try (CommittedView view = backend.committed()) {
            view.scan(Bucket.LEASE, (key, value) -> {
                seen.add(key.length());
                return false;
            });
        }
        assertThat(seen).hasSize(1);
    }

    @Test
    void anInterruptEndsAScan() {
        put("a", "1");
        commit();
        try (CommittedView view = backend.committed()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> show(view)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void isNotReadOnceClosed() {
        CommittedView view = backend.committed();
        view.close();
        view.close();
        assertThatThrownBy(() -> show(view)).isInstanceOf(IllegalStateException.class);
    }
}

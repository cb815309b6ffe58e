package io.etcetera.mvcc.backend.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tests ask of a backend, in one call each. */
final class BackendCalls {
    /** Nothing is committed unless asked for. */
    static final BackendOptions ON_REQUEST = BackendOptions.DEFAULT.withBatch(Duration.ofDays(1), Integer.MAX_VALUE);

    private BackendCalls() {}

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static void put(Backend backend, long main, String value) {
        backend.put(Bucket.KEY, RevisionKey.of(main, 0), bytes(value));
    }

    static String record(Backend backend, long main) {
        try (RecordReader reader = backend.reader()) {
            byte[] found = reader.get(main, 0);
            return found == null ? "none" : new String(found, UTF_8);
        }
    }

    static String get(Backend backend, Bucket bucket, String key) {
        byte[] found = backend.get(bucket, bytes(key));
        return found == null ? "none" : new String(found, UTF_8);
    }

    static long commit(Backend backend) {
        return backend.commit().toCompletableFuture().join();
    }

    static List<String> entries(Backend backend, Bucket bucket) {
        List<String> all = new ArrayList<>();
        backend.forEach(bucket, (key, value) -> all.add(new String(key, UTF_8) + "=" + new String(value, UTF_8)));
        return all;
    }

    static List<Long> revisions(Backend backend, long from) {
        List<Long> all = new ArrayList<>();
        backend.scan(Bucket.KEY, RevisionKey.of(from, 0), (key, value) -> all.add(RevisionKey.main(key)));
        return all;
    }
}

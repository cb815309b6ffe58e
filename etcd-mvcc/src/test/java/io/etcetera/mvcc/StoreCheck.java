package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.ALL;
import static io.etcetera.mvcc.StoreFixture.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.schema.Bucket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares all that can be read from a store with its model. */
final class StoreCheck {
    private final StoreFixture kv;
    private final StoreModel model;

    StoreCheck(StoreFixture kv, StoreModel model) {
        this.kv = kv;
        this.model = model;
    }

    /** Whatever a compaction may be doing meanwhile. */
    void contentIsThatOfTheModel() throws RevisionException {
        assertThat(kv.store.currentRevision()).isEqualTo(model.current());
        assertThat(kv.store.compactRevision()).isEqualTo(model.compacted());
        assertThat(kv.leases.all()).isEqualTo(model.leases());
        assertThat(leaseRecords()).isEqualTo(model.leaseRecords());
        for (long revision = Math.max(model.compacted(), 1); revision <= model.current(); revision++) {
            readsAt(revision);
        }
        if (model.compacted() > 1) {
            KvStoreTest.assertFails(Kind.COMPACTED, () -> kv.show(ALL, model.compacted() - 1));
            KvStoreTest.assertFails(Kind.COMPACTED, () -> kv.history(model.compacted() - 1));
        }
        KvStoreTest.assertFails(Kind.FUTURE, () -> kv.show(ALL, model.current() + 1));
        long afterCompacted = Math.max(model.compacted(), 0) + 1;
        assertThat(kv.history(afterCompacted)).isEqualTo(model.history(afterCompacted));
    }

    private void readsAt(long revision) throws RevisionException {
        List<String> all = model.show("\0", "\0", revision);
        assertThat(kv.show(ALL, revision)).as("revision %s", revision).isEqualTo(all);
        long limit = 1 + revision % 3;
        RangeResult some = kv.store.range(ALL, new RangeOptions(revision, limit, false, false));
        assertThat(some.count()).as("revision %s", revision).isEqualTo(all.size());
        assertThat(some.kvs()).as("revision %s", revision).hasSize((int) Math.min(limit, all.size()));
        assertThat(kv.store
                        .range(ALL, new RangeOptions(revision, 0, true, false))
                        .count())
                .as("revision %s", revision)
                .isEqualTo(all.size());
        String key = "k" + revision % 8;
        assertThat(kv.show(range(key, ""), revision))
                .as("revision %s", revision)
                .isEqualTo(model.show(key, "", revision));
        if (revision > Math.max(model.compacted(), 1)) {
            readsBefore(key, revision);
        }
    }

    /** As for a watcher that asks for previous values. */
    private void readsBefore(String key, long revision) {
        assertThat(kv.showBefore(key, revision))
                .as("before revision %s", revision)
                .isEqualTo(model.show(key, "", revision - 1));
    }

    /** Once all compactions are done: nothing is left that should have gone, nor has more gone. */
    void recordsAreThoseOfTheModel() throws RevisionException {
        assertThat(kv.records()).isEqualTo(model.records());
        long from = Math.max(model.compacted(), 0);
        assertThat(kv.history(from)).isEqualTo(model.history(from));
    }

    private Map<String, String> leaseRecords() {
        Map<String, String> all = new TreeMap<>();
        kv.backend.forEach(
                Bucket.LEASE,
                (id, value) -> all.put(
                        new String(id, StandardCharsets.ISO_8859_1), new String(value, StandardCharsets.ISO_8859_1)));
        return all;
    }
}

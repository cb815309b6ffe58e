package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.anySize;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static io.etcetera.mvcc.StoreFixture.range;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log of random entries, and what the store is to hold after each of them. Entry number i has index i; the first has
 * index 1.
 */
final class Workload {
    private static final int KEYS = 8;
    private static final int LEASES = 3;

    /** What an entry does, to the store inside an entry of its backend, or to the model. */
    sealed interface Command {}

    /** A transaction; empty for an entry that changes nothing but the index. */
    record Transaction(List<Operation> operations) implements Command {}

    /** Refused by store and model alike unless the revision is one that can be compacted. */
    record Compaction(long revision) implements Command {}

    /** A record in another bucket than the store's own, as a grant or a revocation of a lease writes it. */
    record LeaseRecord(String id, String value) implements Command {}

    sealed interface Operation {}

    record Put(String key, String value, long lease) implements Operation {}

    record Delete(String start, String end) implements Operation {}

    record Entry(long index, long term, Command command) {}

    private final List<Entry> entries = new ArrayList<>();

    Workload(Random random, int size) {
        StoreModel model = new StoreModel();
        long term = 1;
        for (long index = 1; index <= size; index++) {
            term += random.nextInt(20) == 0 ? 1 : 0;
            Entry entry = new Entry(index, term, command(random, model, index));
            entries.add(entry);
            apply(entry, model);
        }
    }

    private static Command command(Random random, StoreModel model, long index) {
        int choice = random.nextInt(100);
        if (choice < 8) {
            long first = Math.max(model.compacted(), 0);
            return new Compaction(first + random.nextLong(model.current() - first + 2));
        }
        if (choice < 16) {
            return new LeaseRecord("l" + random.nextInt(LEASES), random.nextInt(3) == 0 ? "" : "v" + index);
        }
        int operations = choice < 24 ? random.nextInt(6) : 1;
        List<Operation> all = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            all.add(operation(random, index));
        }
        return new Transaction(all);
    }

    private static Operation operation(Random random, long index) {
        if (random.nextInt(10) < 7) {
            long lease = random.nextInt(3) == 0 ? 1 + random.nextInt(LEASES) : 0;
            return new Put(key(random), anySize("v" + index, random), lease);
        }
        return new Delete(key(random), random.nextInt(3) == 0 ? key(random) : "");
    }

    private static String key(Random random) {
        return "k" + (char) ('0' + random.nextInt(KEYS));
    }

    int size() {
        return entries.size();
    }

    Entry entry(long index) {
        return entries.get((int) index - 1);
    }

    /** What is to be there when the entries up to {@code index} have been applied. */
    StoreModel modelAt(long index) {
        StoreModel model = new StoreModel();
        entries.stream().limit(index).forEach(entry -> apply(entry, model));
        return model;
    }

    private static void apply(Entry entry, StoreModel model) {
        Command command = entry.command();
        if (command instanceof Transaction transaction) {
            for (Operation operation : transaction.operations()) {
                if (operation instanceof Put put) {
                    model.put(put.key(), put.value(), put.lease());
                } else if (operation instanceof Delete delete) {
                    model.delete(delete.start(), delete.end());
                }
            }
            model.end();
        } else if (command instanceof Compaction compaction) {
            if (compaction.revision() > model.compacted() && compaction.revision() <= model.current()) {
                model.compact(compaction.revision());
            }
        } else if (command instanceof LeaseRecord record) {
            model.setLeaseRecord(record.id(), record.value());
        }
    }

    /** Applies an entry as a member does. */
    static void apply(Entry entry, Backend backend, KvStore store) {
        backend.beginEntry();
        try {
            Command command = entry.command();
            if (command instanceof Transaction transaction) {
                apply(transaction, store);
            } else if (command instanceof Compaction compaction) {
                compact(compaction, store);
            } else if (command instanceof LeaseRecord record) {
                put(record, backend);
            }
        } catch (RuntimeException | Error e) {
            backend.abandonEntry(e);
            throw e;
        }
        backend.endEntry(entry.index(), entry.term());
    }

    private static void apply(Transaction transaction, KvStore store) {
        try (WriteTxn txn = store.write()) {
            for (Operation operation : transaction.operations()) {
                if (operation instanceof Put put) {
                    txn.put(bytes(put.key()), bytes(put.value()), put.lease());
                } else if (operation instanceof Delete delete) {
                    txn.delete(range(delete.start(), delete.end()));
                }
            }
        }
    }

    private static void compact(Compaction compaction, KvStore store) {
        boolean possible =
                compaction.revision() > store.compactRevision() && compaction.revision() <= store.currentRevision();
        try {
            store.compact(compaction.revision());
            if (!possible) {
                throw new AssertionError("a compaction at " + compaction.revision() + " was not refused");
            }
        } catch (RevisionException e) {
            if (possible) {
                throw new AssertionError("a compaction at " + compaction.revision() + " was refused", e);
            }
        }
    }

    private static void put(LeaseRecord record, Backend backend) {
        if (record.value().isEmpty()) {
            backend.delete(Bucket.LEASE, bytes(record.id()));
        } else {
            backend.put(Bucket.LEASE, bytes(record.id()), bytes(record.value()));
        }
    }
}

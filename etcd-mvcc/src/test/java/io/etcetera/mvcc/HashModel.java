package io.etcetera.mvcc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * etcd's hash of a history, as plainly as can be said: all records ever written in one list, those that compaction has
 * left in another, and sets of those to be kept.
 */
final class HashModel {

    private record Entry(long main, long sub, String key, boolean tombstone, byte[] value) {
        byte[] revision() {
            return tombstone ? RevisionKey.ofTombstone(main, sub) : RevisionKey.of(main, sub);
        }
    }

    private final List<Entry> written = new ArrayList<>();
    private List<Entry> onDisk = new ArrayList<>();
    private final Map<String, KeyValue> live = new TreeMap<>();
    private final TreeMap<Long, KvHash> remembered = new TreeMap<>();
    private long current = 1;
    private long compacted = -1;
    private int sub;

    long current() {
        return current;
    }

    long compacted() {
        return compacted;
    }

    Set<Long> remembered() {
        return remembered.keySet();
    }

    void put(String key, String value, long lease) {
        KeyValue old = live.get(key);
        long main = current + 1;
        KeyValue kv = KeyValue.newBuilder()
                .setKey(ByteString.copyFrom(key, ISO_8859_1))
                .setCreateRevision(old == null ? main : old.getCreateRevision())
                .setModRevision(main)
                .setVersion(old == null ? 1 : old.getVersion() + 1)
                .setValue(ByteString.copyFrom(value, ISO_8859_1))
                .setLease(lease)
                .build();
        live.put(key, kv);
        add(new Entry(main, sub++, key, false, kv.toByteArray()));
    }

    void delete(String key) {
        if (live.remove(key) != null) {
            KeyValue kv = KeyValue.newBuilder()
                    .setKey(ByteString.copyFrom(key, ISO_8859_1))
                    .build();
            add(new Entry(current + 1, sub++, key, true, kv.toByteArray()));
        }
    }

    private void add(Entry entry) {
        written.add(entry);
        onDisk.add(entry);
    }

    /** Ends a transaction. */
    void end() {
        if (sub > 0) {
            current++;
            sub = 0;
        }
    }

    /** A compaction that goes through to its end. */
    void compact(long revision) {
        Set<Entry> keep = newest(revision);
        keep.removeIf(entry -> entry.tombstone && entry.main < revision);
        remembered.put(revision, hash(revision, compacted, keep));
        while (remembered.size() > 10) {
            remembered.pollFirstEntry();
        }
        onDisk = new ArrayList<>(onDisk.stream()
                .filter(e -> e.main > revision || keep.contains(e))
                .toList());
        compacted = revision;
    }

    void restart() {
        remembered.clear();
    }

    KvHash hash(long revision) {
        KvHash known = remembered.get(revision);
        return known != null ? known : hashAfter(compacted, revision == 0 ? current : revision);
    }

    /** What a pass over the records finds when the store has been compacted at {@code compactRevision}. */
    KvHash hashAfter(long compactRevision, long revision) {
        Set<Entry> keep = newest(revision);
        keep.removeIf(Entry::tombstone);
        return hash(revision, compactRevision, keep);
    }

    private Set<Entry> newest(long revision) {
        Map<String, Entry> byKey = new HashMap<>();
        for (Entry entry : written) {
            if (entry.main <= revision) {
                byKey.put(entry.key, entry);
            }
        }
        return new HashSet<>(byKey.values());
    }

    private KvHash hash(long revision, long compactRevision, Set<Entry> keep) {
        CRC32C crc = new CRC32C();
        crc.update("key".getBytes(ISO_8859_1));
        for (Entry entry : onDisk) {
            boolean dropped = entry.main <= compactRevision && !keep.isEmpty() && !keep.contains(entry);
            boolean tombstoneAtCompaction = entry.main == compactRevision && entry.tombstone;
            if (entry.main <= revision && !dropped && !tombstoneAtCompaction) {
                crc.update(entry.revision());
                crc.update(entry.value);
            }
        }
        return new KvHash((int) crc.getValue(), revision, compactRevision);
    }
}

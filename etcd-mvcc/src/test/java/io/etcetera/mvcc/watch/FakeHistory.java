package io.etcetera.mvcc.watch;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.proto.mvccpb.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store's history in memory, with the store's rules: revisions from 2 on, and a compaction that keeps the newest
 * version of each live key and all changes of the compact revision itself. One lock, held briefly.
 */
final class FakeHistory implements HistorySource {
    private record Life(long createRevision, long version) {}

    /** Never compacted: what the tests compare with. */
    private final TreeMap<Long, List<Change>> everything = new TreeMap<>();

    private TreeMap<Long, List<Change>> kept = new TreeMap<>();
    private final Map<String, Life> alive = new HashMap<>();
    private long current = 1;
    private long compacted = -1;

    /** Called once in the next {@link #changesSince}, after the first change has been visited. */
    @Nullable
    Runnable duringNextScan;

    @Nullable
    RuntimeException nextFailure;

    int scans;
    int previousReads;

    /** Begins a transaction's worth of changes: "a=1" puts, "-a" deletes. Returns what to report to the hub. */
    synchronized List<Change> write(String... changes) {
        long revision = current + 1;
        List<Change> made = new ArrayList<>();
        for (String change : changes) {
            if (change.startsWith("-")) {
                made.add(delete(change.substring(1), revision, made.size()));
            } else {
                int equals = change.indexOf('=');
                made.add(put(change.substring(0, equals), change.substring(equals + 1), revision, made.size()));
            }
        }
        everything.put(revision, made);
        kept.put(revision, made);
        current = revision;
        return made;
    }

    private Change put(String key, String value, long revision, int sub) {
        Life before = alive.get(key);
        Life life = before == null ? new Life(revision, 1) : new Life(before.createRevision(), before.version() + 1);
        alive.put(key, life);
        KeyValue record = KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .setCreateRevision(life.createRevision())
                .setModRevision(revision)
                .setVersion(life.version())
                .build();
        return new Change(
                bytes(key), record.toByteArray(), revision, sub, false, life.createRevision(), life.version());
    }

    private Change delete(String key, long revision, int sub) {
        alive.remove(key);
        byte[] record = KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .build()
                .toByteArray();
        return new Change(bytes(key), record, revision, sub, true, 0, 0);
    }

    synchronized boolean isAlive(String key) {
        return alive.containsKey(key);
    }

    synchronized void compact(long revision) {
        compacted = revision;
        Map<String, Change> newest = new HashMap<>();
        kept.headMap(revision, true).values().forEach(changes -> changes.forEach(c -> newest.put(text(c.key()), c)));
        TreeMap<Long, List<Change>> left = new TreeMap<>(kept.tailMap(revision, true));
        for (Change change : newest.values()) {
            if (change.modMain() < revision && !change.isDelete()) {
                left.computeIfAbsent(change.modMain(), r -> new ArrayList<>()).add(change);
            }
        }
        kept = left;
    }

    @Override
    public synchronized long currentRevision() {
        return current;
    }

    @Override
    public synchronized long compactRevision() {
        return compacted;
    }

    @Override
    public void changesSince(long fromRevision, long toRevision, ChangeVisitor visitor) throws RevisionException {
        scans++;
        RuntimeException failure = nextFailure;
        if (failure != null) {
            nextFailure = null;
            throw failure;
        }
        check(fromRevision, toRevision);
        long at = fromRevision;
        while (at <= toRevision) {
            // Revision by revision, as a cursor would: a compaction can take away what has not been read.
            Map.Entry<Long, List<Change>> entry = ceiling(at);
            if (entry == null || entry.getKey() > toRevision) {
                return;
            }
            for (Change change : entry.getValue()) {
                if (!visitor.visit(change)) {
                    return;
                }
            }
            Runnable disturbance = duringNextScan;
            if (disturbance != null) {
                duringNextScan = null;
                disturbance.run();
            }
            at = entry.getKey() + 1;
        }
    }

    private synchronized Map.@Nullable Entry<Long, List<Change>> ceiling(long revision) {
        return kept.ceilingEntry(revision);
    }

    private synchronized void check(long from, long to) throws RevisionException {
        if (from < compacted) {
            throw new RevisionException(RevisionException.Kind.COMPACTED);
        }
        if (to > current) {
            throw new RevisionException(RevisionException.Kind.FUTURE);
        }
    }

    @Override
    public synchronized byte @Nullable [] recordBefore(byte[] key, long main) {
        previousReads++;
        if (main - 1 < compacted) {
            return null;
        }
        for (List<Change> changes : kept.headMap(main, false).descendingMap().values()) {
            for (Change change : changes) {
                if (text(change.key()).equals(text(key))) {
                    return change.isDelete() ? null : change.record();
                }
            }
        }
        return null;
    }

    /** All changes ever made from one revision to another, whatever has been compacted. */
    synchronized List<Change> all(long fromRevision, long toRevision) {
        if (fromRevision > toRevision) {
            return List.of();
        }
        List<Change> all = new ArrayList<>();
        everything.subMap(fromRevision, true, toRevision, true).values().forEach(all::addAll);
        return all;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

package io.etcetera.mvcc.index;

import io.etcetera.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@link KeyIndex} must do, in the plainest way: a sorted map of lists, copied whole for each view. */
final class IndexModel {

    record Version(Revision revision, long createMain, long version, boolean tombstone) {}

    private final TreeMap<byte[], List<Version>> keys = new TreeMap<>(Arrays::compareUnsigned);

    IndexModel copy() {
        IndexModel copy = new IndexModel();
        keys.forEach((key, versions) -> copy.keys.put(key, new ArrayList<>(versions)));
        return copy;
    }

    void put(byte[] key, long main, long sub) {
        List<Version> versions = keys.computeIfAbsent(key, k -> new ArrayList<>());
        Version last = versions.isEmpty() ? null : versions.get(versions.size() - 1);
        Revision revision = new Revision(main, sub);
        versions.add(
                last == null || last.tombstone
                        ? new Version(revision, main, 1, false)
                        : new Version(revision, last.createMain, last.version + 1, false));
    }

    boolean delete(byte[] key, long main, long sub) {
        List<Version> versions = keys.get(key);
        if (versions == null || versions.get(versions.size() - 1).tombstone) {
            return false;
        }
        versions.add(new Version(new Revision(main, sub), 0, 0, true));
        return true;
    }

    void compact(long atMain) {
        keys.values().forEach(versions -> {
            int newest = newestAtMost(versions, atMain);
            if (newest >= 0) {
                Version kept = versions.get(newest);
                boolean drop = kept.tombstone && kept.revision.main() < atMain;
                versions.subList(0, drop ? newest + 1 : newest).clear();
            }
        });
        keys.values().removeIf(List::isEmpty);
    }

    /** Keys of the range alive at the revision, in order. */
    Map<byte[], Version> alive(KeyRange range, long atMain) {
        TreeMap<byte[], Version> alive = new TreeMap<>(Arrays::compareUnsigned);
        keys.forEach((key, versions) -> {
            int newest = newestAtMost(versions, atMain);
            if (newest >= 0 && !versions.get(newest).tombstone && range.contains(key)) {
                alive.put(key, versions.get(newest));
            }
        });
        return alive;
    }

    boolean contains(byte[] key, long main, long sub) {
        return keys.getOrDefault(key, List.of()).stream()
                .anyMatch(version -> version.revision.equals(new Revision(main, sub)));
    }

    /** All revisions of keys of the range from {@code fromMain} on, in order. */
    List<Revision> since(KeyRange range, long fromMain) {
        List<Revision> revisions = new ArrayList<>();
        keys.forEach((key, versions) -> {
            if (range.contains(key)) {
                versions.stream()
                        .map(Version::revision)
                        .filter(revision -> revision.main() >= fromMain)
                        .forEach(revisions::add);
            }
        });
        revisions.sort(null);
        return revisions;
    }

    private static int newestAtMost(List<Version> versions, long atMain) {
        int index = versions.size() - 1;
        while (index >= 0 && versions.get(index).revision.main() > atMain) {
            index--;
        }
        return index;
    }
}

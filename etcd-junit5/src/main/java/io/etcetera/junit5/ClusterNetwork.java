package io.etcetera.junit5;

import io.etcetera.server.transport.Fate;
import io.etcetera.server.transport.Wire;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who reaches whom among the members. What is sent across a partition vanishes, as behind a broken switch: neither side is
 * told. Thread-safe.
 */
final class ClusterNetwork {
    private final Map<Long, String> names = new ConcurrentHashMap<>();

    /** Names of those on one side; empty while there is no partition. */
    private volatile Set<String> side = Set.of();

    /** The network as a member sees it. */
    Wire wireOf(String name) {
        return (peerId, traffic) -> fate(name, peerId);
    }

    private Fate fate(String from, long peerId) {
        Set<String> parted = side;
        String to = parted.isEmpty() ? null : names.get(peerId);
        // Only a member that has never been started is unknown, and that cannot be reached anyhow.
        return to == null || parted.contains(from) == parted.contains(to) ? Fate.DELIVERED : Fate.LOST;
    }

    /** Says who has an ID. */
    void introduce(long memberId, String name) {
        names.put(memberId, name);
    }

    /** Parts these from all others; replaces an earlier partition. */
    void part(Set<String> members) {
        side = Set.copyOf(members);
    }

    void heal() {
        side = Set.of();
    }
}

package io.etcetera.mvcc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Map;
import java.util.TreeMap;

/** Remembers which key hangs on which lease, and refuses what a lessor would find inconsistent. */
final class FakeLeases implements LeaseBinder {
    private final Map<String, Long> leases = new TreeMap<>();

    @Override
    public long leaseOf(byte[] key) {
        return leases.getOrDefault(new String(key, ISO_8859_1), NO_LEASE);
    }

    @Override
    public void attach(long leaseId, byte[] key) {
        if (leaseId == NO_LEASE || leases.put(new String(key, ISO_8859_1), leaseId) != null) {
            throw new IllegalStateException("attached twice");
        }
    }

    @Override
    public void detach(long leaseId, byte[] key) {
        if (!leases.remove(new String(key, ISO_8859_1), leaseId)) {
            throw new IllegalStateException("not attached");
        }
    }

    /** Before another store's are loaded. */
    void clear() {
        leases.clear();
    }

    /** Key to lease. */
    Map<String, Long> all() {
        return Map.copyOf(leases);
    }
}

package io.etcetera.server.lease;

import java.util.List;

/**
 * Spreads the expiry of many leases that a new leader has just extended, so that those that nobody renews do not fall due
 * together and bury the log under revokes.
 */
final class LeaseSpread {
    /** Leases below which there is nothing to fear. */
    static final int THRESHOLD = 1_000;

    /** Leases that may expire within a second; less than a leader can revoke in that time. */
    static final int PER_SECOND = 750;

    private LeaseSpread() {}

    /**
     * Postpones expiries where too many are close together. Each lease then expires at least a second after the one
     * that is {@link #PER_SECOND} places ahead, and none earlier than before.
     *
     * @param byExpiry leases in order of expiry, outside of any queue that is sorted by it
     */
    static void apply(List<Lease> byExpiry) {
        if (byExpiry.size() < THRESHOLD) {
            return;
        }
        for (int i = PER_SECOND; i < byExpiry.size(); i++) {
            Lease lease = byExpiry.get(i);
            lease.expiryMillis = Math.max(lease.expiryMillis, byExpiry.get(i - PER_SECOND).expiryMillis + 1_000);
        }
    }
}

package io.etcetera.server.lease;

import io.etcetera.server.ResultCallback;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the RPC layer asks of leases beside granting and revoking, which go through the log. Thread-safe. */
public interface Leases {

    /**
     * Renews a lease. Answers the TTL in seconds, or 0 for a lease that is not there. Fails with NO_LEADER, TIMEOUT,
     * NOT_PRIMARY_LESSOR.
     */
    void renew(long leaseId, ResultCallback<Long> callback);

    /** The state of a lease, or null if there is none of this ID. Waits for what is committed to be applied. */
    void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback);

    /** IDs of all leases, the one that expires first ahead. */
    List<Long> leaseIds();

    /**
     * A lease at one moment.
     *
     * @param leaseId its ID
     * @param grantedTtlSeconds what was granted
     * @param remainingTtlSeconds what is left, cut to whole seconds
     * @param keys the keys that hang on it, if asked for
     */
    record LeaseState(long leaseId, long grantedTtlSeconds, long remainingTtlSeconds, List<byte[]> keys) {}
}

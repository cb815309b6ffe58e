package io.etcetera.server.lease;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import org.jspecify.annotations.Nullable;

/**
 * Asks the member that leads about leases, whose clock is the one that counts. Thread-safe, never blocks; answers come on any
 * thread. A member that turns out not to lead answers NOT_PRIMARY_LESSOR; one that cannot be reached, NO_LEADER.
 */
public interface LeaderLeases {
    /** For a member without peers. */
    LeaderLeases NONE = new LeaderLeases() {
        @Override
        public void renew(long leaderId, long leaseId, ResultCallback<Long> callback) {
            callback.failed(new EtcdException(EtcdError.NO_LEADER));
        }

        @Override
        @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
        public void timeToLive(
                long leaderId, long leaseId, boolean withKeys, ResultCallback<Leases.@Nullable LeaseState> callback) {
            callback.failed(new EtcdException(EtcdError.NO_LEADER));
        }
    };

    /** As {@link Leases#renew}, done by the leader. */
    void renew(long leaderId, long leaseId, ResultCallback<Long> callback);

    /** As {@link Leases#timeToLive}, done by the leader. */
    void timeToLive(
            long leaderId, long leaseId, boolean withKeys, ResultCallback<Leases.@Nullable LeaseState> callback);
}

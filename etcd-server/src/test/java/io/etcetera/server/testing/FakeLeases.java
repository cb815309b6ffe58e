package io.etcetera.server.testing;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.lease.Leases;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Leases that are what the test says they are. */
public final class FakeLeases implements Leases {
    public final Map<Long, LeaseState> states = new ConcurrentHashMap<>();

    /** What every question is answered with, if there is one. */
    public volatile Optional<EtcdError> error = Optional.empty();

    @Override
    public void renew(long leaseId, ResultCallback<Long> callback) {
        if (error.isPresent()) {
            callback.failed(new EtcdException(error.get()));
        } else {
            LeaseState state = states.get(leaseId);
            callback.completed(state == null ? 0 : state.grantedTtlSeconds());
        }
    }

    @Override
    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    public void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
        if (error.isPresent()) {
            callback.failed(new EtcdException(error.get()));
        } else {
            callback.completed(states.get(leaseId));
        }
    }

    @Override
    public List<Long> leaseIds() {
        return List.copyOf(states.keySet());
    }
}

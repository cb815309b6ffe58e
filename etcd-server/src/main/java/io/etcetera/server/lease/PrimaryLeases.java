package io.etcetera.server.lease;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.read.ReadBarrier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leases on the member that leads, whose clock is the one that counts; on any other, everything but {@link #leaseIds} fails
 * with NOT_PRIMARY_LESSOR at once. Also what other members are answered from. Thread-safe.
 *
 * <p>A request passes a read barrier first: that proves that this member still leads, and that every grant acknowledged
 * before has been applied.
 */
public final class PrimaryLeases implements Leases {
    private final Lessor lessor;
    private final LessorOptions options;
    private final ReadBarrier reads;
    private final TimeSource time;

    public PrimaryLeases(Lessor lessor, LessorOptions options, ReadBarrier reads, TimeSource time) {
        this.lessor = lessor;
        this.options = options;
        this.reads = reads;
        this.time = time;
    }

    @Override
    public void renew(long leaseId, ResultCallback<Long> callback) {
        long deadline = time.monotonicMillis() + options.requestTimeout().toMillis();
        passBarrier(callback, () -> lessor.renew(leaseId, new Renewal(callback, deadline)));
    }

    @Override
    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    public void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
        passBarrier(callback, () -> {
            LeaseState state;
            try {
                state = lessor.state(leaseId, withKeys);
            } catch (EtcdException e) {
                callback.failed(e);
                return;
            }
            callback.completed(state);
        });
    }

    @Override
    public List<Long> leaseIds() {
        return lessor.ids();
    }

    private void passBarrier(ResultCallback<?> callback, Runnable action) {
        if (!lessor.isPrimary()) {
            callback.failed(new EtcdException(EtcdError.NOT_PRIMARY_LESSOR));
            return;
        }
        reads.await(action, new ResultCallback<>() {
            @Override
            public void completed(Runnable passed) {
                passed.run();
            }

            @Override
            public void failed(EtcdException error) {
                boolean lost = error.error() == EtcdError.LEADER_CHANGED;
                callback.failed(lost ? new EtcdException(EtcdError.NOT_PRIMARY_LESSOR) : error);
            }
        });
    }
}

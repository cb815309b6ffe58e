package io.etcetera.server.lease;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.read.ReadBarrier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Renewals and questions about leases. Thread-safe; its timer is {@link #tick()}.
 *
 * <p>Only the leader's clock counts, so a request first waits until this member leads, and then passes a read barrier:
 * that proves that it still leads, and that every grant acknowledged before has been applied.
 */
public final class LeaseService implements Leases, LeadershipListener, AutoCloseable {
    private final Lessor lessor;
    private final LessorOptions options;
    private final ReadBarrier reads;
    private final TimeSource time;

    private final Object lock = new Object();
    private List<Parked> parked = new ArrayList<>();
    private boolean closed;

    public LeaseService(Lessor lessor, LessorOptions options, ReadBarrier reads, TimeSource time) {
        this.lessor = lessor;
        this.options = options;
        this.reads = reads;
        this.time = time;
    }

    @Override
    public void renew(long leaseId, ResultCallback<Long> callback) {
        long deadline = deadlineMillis();
        whenLeading(callback, deadline, () -> lessor.renew(leaseId, new Renewal(callback, deadline)));
    }

    @Override
    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    public void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
        whenLeading(callback, deadlineMillis(), () -> {
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

    private long deadlineMillis() {
        return time.monotonicMillis() + options.requestTimeout().toMillis();
    }

    private void whenLeading(ResultCallback<?> callback, long deadlineMillis, Runnable action) {
        if (lessor.isPrimary()) {
            passBarrier(callback, action);
            return;
        }
        synchronized (lock) {
            if (!closed) {
                parked.add(new Parked(callback, action, deadlineMillis));
                return;
            }
        }
        callback.failed(new EtcdException(EtcdError.STOPPED));
    }

    private void passBarrier(ResultCallback<?> callback, Runnable action) {
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

    @Override
    public void leaderStarted() {
        takeParked().forEach(call -> passBarrier(call.callback, call.action));
    }

    /** Ends what has waited too long. To be called every 500 ms or so. */
    public void tick() {
        lessor.failLateRenewals();
        List<Parked> late = new ArrayList<>();
        boolean leading = lessor.isPrimary();
        synchronized (lock) {
            long now = time.monotonicMillis();
            parked.removeIf(call -> now >= call.deadlineMillis && late.add(call));
        }
        late.forEach(call -> call.callback.failed(new EtcdException(EtcdError.NO_LEADER)));
        if (leading) {
            // A call may have been parked while leaderStarted() was emptying the list.
            takeParked().forEach(call -> passBarrier(call.callback, call.action));
        }
    }

    private List<Parked> takeParked() {
        synchronized (lock) {
            List<Parked> taken = parked;
            parked = new ArrayList<>();
            return taken;
        }
    }

    /** Answers STOPPED to what waits for a leader, and to what comes. Idempotent. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        takeParked().forEach(call -> call.callback.failed(new EtcdException(EtcdError.STOPPED)));
    }

    private record Parked(ResultCallback<?> callback, Runnable action, long deadlineMillis) {}
}

package io.etcetera.server.lease;

import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Renewals and questions about leases, on any member. Thread-safe; its timer is {@link #tick()}.
 *
 * <p>They are answered by the member that leads: this one, or another that is asked for it. As long as there is none, or
 * it does not answer, or turns out not to lead, it is tried again, until the request timeout ends it. Renewing twice does
 * no harm.
 */
public final class LeaseService implements Leases, LeadershipListener, AutoCloseable {
    private final Lessor lessor;
    private final PrimaryLeases here;
    private final LessorOptions options;
    private final TimeSource time;

    /** What has not been answered at once. */
    private final Set<Request<?>> open = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Others others;
    private volatile boolean closed;

    public LeaseService(Lessor lessor, PrimaryLeases here, LessorOptions options, TimeSource time) {
        this.lessor = lessor;
        this.here = here;
        this.options = options;
        this.time = time;
    }

    /** Says who can be asked while this member does not lead. What comes before waits. */
    public void attach(RaftNode raft, long memberId, LeaderLeases leader) {
        others = new Others(raft, memberId, leader);
    }

    @Override
    public void renew(long leaseId, ResultCallback<Long> callback) {
        begin(new Request<>(
                callback,
                answer -> here.renew(leaseId, answer),
                (to, leaderId, answer) -> to.renew(leaderId, leaseId, answer)));
    }

    @Override
    @SuppressWarnings("NullAway") // it does not follow the nullness of the callback's type argument
    public void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
        begin(new Request<>(
                callback,
                answer -> here.timeToLive(leaseId, withKeys, answer),
                (to, leaderId, answer) -> to.timeToLive(leaderId, leaseId, withKeys, answer)));
    }

    @Override
    public List<Long> leaseIds() {
        return here.leaseIds();
    }

    private void begin(Request<?> request) {
        request.attempt();
        if (request.isDone()) {
            return;
        }
        open.add(request);
        if (request.isDone()) {
            open.remove(request);
        } else if (closed) {
            request.end(EtcdError.STOPPED);
        }
    }

    @Override
    public void leaderStarted() {
        open.forEach(Request::attemptIfIdle);
    }

    @Override
    public void leaderChanged(long leaderId) {
        if (leaderId != 0) {
            // Whoever was asked before leads no more, and may never answer.
            open.forEach(Request::attempt);
        }
    }

    /** Asks again, and ends what has waited too long. To be called every 50 ms. */
    public void tick() {
        lessor.failLateRenewals();
        long now = time.monotonicMillis();
        for (Request<?> request : open) {
            if (now >= request.deadlineMillis) {
                request.end(leaderId() == 0 ? EtcdError.NO_LEADER : EtcdError.TIMEOUT);
            } else {
                request.attemptIfIdle();
            }
        }
    }

    private long leaderId() {
        Others to = others;
        return to == null ? 0 : to.raft.leaderId();
    }

    /** Answers STOPPED to what waits for a leader, and to what comes. Idempotent. */
    @Override
    public void close() {
        closed = true;
        open.forEach(request -> request.end(EtcdError.STOPPED));
    }

    private record Others(RaftNode raft, long memberId, LeaderLeases leader) {}

    /** Asks another member. */
    private interface Remote<T extends @Nullable Object> {
        void ask(LeaderLeases to, long leaderId, ResultCallback<T> answer);
    }

    /** One request, from its arrival to its one answer, which may come from any of its attempts. */
    private final class Request<T extends @Nullable Object> {
        private final ResultCallback<T> callback;
        private final Consumer<ResultCallback<T>> local;
        private final Remote<T> remote;
        private final long deadlineMillis =
                time.monotonicMillis() + options.requestTimeout().toMillis();

        // Guarded by this, which is never held while somebody is asked or answered.
        private int attempts;
        private boolean idle = true;
        private boolean done;

        Request(ResultCallback<T> callback, Consumer<ResultCallback<T>> local, Remote<T> remote) {
            this.callback = callback;
            this.local = local;
            this.remote = remote;
        }

        synchronized boolean isDone() {
            return done;
        }

        void attemptIfIdle() {
            synchronized (this) {
                if (!idle) {
                    return;
                }
            }
            attempt();
        }

        void attempt() {
            Attempt attempt;
            synchronized (this) {
                if (done) {
                    return;
                }
                attempts++;
                idle = false;
                attempt = new Attempt(attempts);
            }
            Others to = others;
            long leaderId = leaderId();
            if (lessor.isPrimary()) {
                local.accept(attempt);
            } else if (to == null || leaderId == 0 || leaderId == to.memberId) {
                attempt.over();
            } else {
                remote.ask(to.leader, leaderId, attempt);
            }
        }

        void end(EtcdError error) {
            if (finish()) {
                callback.failed(new EtcdException(error));
            }
        }

        private boolean finish() {
            synchronized (this) {
                if (done) {
                    return false;
                }
                done = true;
            }
            open.remove(this);
            return true;
        }

        private final class Attempt implements ResultCallback<T> {
            private final int number;

            Attempt(int number) {
                this.number = number;
            }

            @Override
            public void completed(T result) {
                if (finish()) {
                    callback.completed(result);
                }
            }

            @Override
            public void failed(EtcdException error) {
                switch (error.error()) {
                    case LEASE_NOT_FOUND -> end(error.error());
                    // Of this member's own; of another one, it is a reason to ask the next leader.
                    case STOPPED -> {
                        if (closed) {
                            end(EtcdError.STOPPED);
                        } else {
                            over();
                        }
                    }
                    default -> over();
                }
            }

            void over() {
                synchronized (Request.this) {
                    if (number == attempts) {
                        idle = true;
                    }
                }
            }
        }
    }
}

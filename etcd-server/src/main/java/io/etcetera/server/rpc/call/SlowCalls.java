package io.etcetera.server.rpc.call;

import io.etcetera.server.TimeSource;
import io.etcetera.server.rpc.Outbound;
import io.grpc.ServerCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of calls that took long, in the two kinds of records that etcd has for it: statistics of the request, and where the
 * time went. A call that was quick costs two looks at the clock. Thread-safe.
 */
public final class SlowCalls {
    private static final Logger LOG = LoggerFactory.getLogger(SlowCalls.class);

    /** From this on, etcd says where the time went. */
    static final Duration TRACED = Duration.ofMillis(100);

    private final TimeSource time;
    private final Duration limit;
    private final long shortestNanos;

    /** @param limit calls that take longer are warned of; 0 or less warns of all */
    public SlowCalls(TimeSource time, Duration limit) {
        this.time = time;
        this.limit = limit;
        this.shortestNanos = Math.min(limit.toNanos(), TRACED.toNanos());
    }

    long nanoTime() {
        return time.nanoTime();
    }

    /**
     * A call has been answered, or refused if there is no answer.
     *
     * @param begin when it began, in the sense of {@link #nanoTime}
     * @param middle when what it had to wait for had come; as {@code begin} if that is not known
     */
    void ended(ServerCall<?, ?> call, Object request, Optional<Outbound> answer, long begin, long middle) {
        long nanos = time.nanoTime() - begin;
        if (nanos > shortestNanos || LOG.isDebugEnabled()) {
            Instant end = Instant.ofEpochMilli(time.currentTimeMillis());
            Duration took = Duration.ofNanos(nanos);
            if (took.compareTo(limit) > 0 || LOG.isDebugEnabled()) {
                RequestStats.of(request, answer)
                        .log(LOG.isDebugEnabled() ? LOG.atDebug() : LOG.atWarn(), call, end.minus(took), took);
            }
            if (took.compareTo(TRACED) > 0) {
                CallTrace.of(request, answer)
                        .ifPresent(trace -> trace.log(LOG, end, took, Duration.ofNanos(middle - begin)));
            }
        }
    }
}

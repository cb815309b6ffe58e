package io.etcetera.server.maintenance;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.propose.Proposer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts old history by itself, while this member leads. {@link #tick()} is its timer, to be called every
 * {@link #tickInterval()}.
 *
 * <p>By revisions: keeps that many behind the current one. Periodically: samples the revision ten times an interval,
 * which is the retention or an hour, whichever is shorter, and once an interval compacts to the sample taken one
 * retention ago.
 */
public final class AutoCompactor implements LeadershipListener {
    private static final Logger log = LoggerFactory.getLogger(AutoCompactor.class);
    private static final Duration REVISION_MODE_INTERVAL = Duration.ofMinutes(5);
    private static final long MAX_INTERVAL_MILLIS = Duration.ofHours(1).toMillis();
    private static final int SAMPLES_PER_INTERVAL = 10;

    private final CompactionRetention retention;
    private final LongSupplier currentRevision;
    private final Proposer proposer;
    private final TimeSource time;

    private final long retentionMillis;
    private final long intervalMillis;
    private final int maxSamples;

    // Timer thread only, except where volatile: outcomes arrive on the apply thread.
    private final Deque<Long> samples = new ArrayDeque<>();
    private volatile boolean leading;
    private volatile boolean underWay;
    private volatile boolean everCompacted;
    private volatile long lastCompactedRevision;
    private volatile long lastSuccessMillis;

    public AutoCompactor(
            CompactionRetention retention, LongSupplier currentRevision, Proposer proposer, TimeSource time) {
        this.retention = retention;
        this.currentRevision = currentRevision;
        this.proposer = proposer;
        this.time = time;
        this.retentionMillis = Math.max(TimeUnit.NANOSECONDS.toMillis(retention.amount()), SAMPLES_PER_INTERVAL);
        this.intervalMillis = Math.min(retentionMillis, MAX_INTERVAL_MILLIS);
        this.maxSamples = (int) (retentionMillis / (intervalMillis / SAMPLES_PER_INTERVAL));
        this.lastSuccessMillis = time.monotonicMillis();
    }

    /** Whether there is anything to do at all: {@link #tick()} need not be called otherwise. */
    public boolean isOn() {
        return retention.isOn();
    }

    /** How often {@link #tick()} is to be called. */
    public Duration tickInterval() {
        return switch (retention.mode()) {
            case REVISION -> REVISION_MODE_INTERVAL;
            case PERIODIC -> Duration.ofMillis(intervalMillis / SAMPLES_PER_INTERVAL);
        };
    }

    @Override
    public void leaderStarted() {
        leading = true;
    }

    @Override
    public void leaderStopped() {
        leading = false;
    }

    /** Takes a sample, and compacts if it is time. One thread. */
    public void tick() {
        if (!isOn()) {
            return;
        }
        switch (retention.mode()) {
            case REVISION -> tickByRevision();
            case PERIODIC -> tickPeriodically();
        }
    }

    private void tickByRevision() {
        long revision = currentRevision.getAsLong() - retention.amount();
        if (leading && !underWay && revision > 0 && revision != lastCompactedRevision) {
            compact(revision, "starting auto revision compaction", "revision-compaction-retention");
        }
    }

    private void tickPeriodically() {
        long oldest = samples.isEmpty() ? 0 : samples.peekFirst();
        boolean full = samples.size() >= maxSamples;
        samples.addLast(currentRevision.getAsLong());
        if (full) {
            samples.removeFirst();
        }
        long wait = everCompacted ? intervalMillis : retentionMillis;
        boolean due = time.monotonicMillis() - lastSuccessMillis >= wait;
        if (leading && !underWay && full && due && oldest != lastCompactedRevision) {
            compact(oldest, "starting auto periodic compaction", "compact-period");
        }
    }

    private void compact(long revision, String message, String retentionField) {
        underWay = true;
        Object kept = switch (retention.mode()) {
            case REVISION -> retention.amount();
            case PERIODIC -> Duration.ofNanos(retention.amount());
        };
        log.atInfo()
                .addKeyValue("revision", revision)
                .addKeyValue(retentionField, kept)
                .log(message);
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setCompaction(CompactionRequest.newBuilder().setRevision(revision));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                succeeded(revision);
                log.atInfo().addKeyValue("revision", revision).log("completed auto compaction");
            }

            @Override
            public void failed(EtcdException error) {
                if (error.error() == EtcdError.COMPACTED) {
                    // Somebody else was faster.
                    succeeded(revision);
                    return;
                }
                underWay = false;
                log.atWarn()
                        .addKeyValue("revision", revision)
                        .addKeyValue("error", error.getMessage())
                        .log("failed auto compaction");
            }
        });
    }

    private void succeeded(long revision) {
        lastCompactedRevision = revision;
        lastSuccessMillis = time.monotonicMillis();
        everCompacted = true;
        underWay = false;
    }
}

package io.etcetera.server.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdConfig.CompactionMode;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AutoCompactorTest {
    private final ManualTime time = new ManualTime();
    private final AtomicLong revision = new AtomicLong(1);
    private final List<Long> compacted = new ArrayList<>();
    private boolean failing;

    private final Proposer proposer = new Proposer() {
        @Override
        public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
            compacted.add(request.getCompaction().getRevision());
            if (failing) {
                callback.failed(new EtcdException(EtcdError.TIMEOUT));
            } else {
                callback.completed(CompactionResponse.getDefaultInstance());
            }
        }
    };

    private AutoCompactor compactor(CompactionMode mode, String retention) {
        AutoCompactor compactor =
                new AutoCompactor(CompactionRetention.parse(mode, retention), revision::get, proposer, time);
        compactor.leaderStarted();
        return compactor;
    }

    /** Lets time pass, the revision counting minutes. */
    private void run(AutoCompactor compactor, Duration duration) {
        long ticks = duration.toMillis() / compactor.tickInterval().toMillis();
        for (long i = 0; i < ticks; i++) {
            compactor.tick();
            time.advance(compactor.tickInterval());
            revision.addAndGet(compactor.tickInterval().toMinutes());
        }
    }

    @Test
    void periodicKeepsTheRetention() {
        AutoCompactor compactor = compactor(CompactionMode.PERIODIC, "2");
        assertThat(compactor.tickInterval()).isEqualTo(Duration.ofMinutes(6));
        run(compactor, Duration.ofHours(2));
        assertThat(compacted).isEmpty();
        run(compactor, Duration.ofHours(3));
        // At 2, 3 and 4 hours: what was current two hours before each.
        assertThat(compacted).containsExactly(1L, 61L, 121L);
    }

    @Test
    void shortPeriodsAreTheirOwnInterval() {
        AutoCompactor compactor = compactor(CompactionMode.PERIODIC, "10m");
        assertThat(compactor.tickInterval()).isEqualTo(Duration.ofMinutes(1));
        run(compactor, Duration.ofMinutes(31));
        assertThat(compacted).containsExactly(1L, 11L, 21L);
    }

    @Test
    void failedCompactionsAreTriedAgain() {
        AutoCompactor compactor = compactor(CompactionMode.PERIODIC, "10m");
        failing = true;
        run(compactor, Duration.ofMinutes(12));
        failing = false;
        run(compactor, Duration.ofMinutes(1));
        assertThat(compacted).containsExactly(1L, 2L, 3L);
    }

    @Test
    void byRevisionKeepsThatMany() {
        AutoCompactor compactor = compactor(CompactionMode.REVISION, "100");
        compactor.tick();
        revision.set(100);
        compactor.tick();
        assertThat(compacted).isEmpty();
        revision.set(150);
        compactor.tick();
        compactor.tick();
        assertThat(compacted).containsExactly(50L);
    }

    @Test
    void onlyTheLeaderCompacts() {
        AutoCompactor compactor = compactor(CompactionMode.REVISION, "100");
        revision.set(500);
        compactor.leaderStopped();
        compactor.tick();
        assertThat(compacted).isEmpty();
    }

    @Test
    void zeroIsOff() {
        AutoCompactor compactor = compactor(CompactionMode.REVISION, "0");
        revision.set(500);
        compactor.tick();
        assertThat(compacted).isEmpty();
    }
}

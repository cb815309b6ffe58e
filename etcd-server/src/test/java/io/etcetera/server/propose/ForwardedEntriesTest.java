package io.etcetera.server.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.server.testing.FakeRaftNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a leader does with the entries of others. */
class ForwardedEntriesTest {
    private static final byte[] ENTRY = "entry".getBytes(StandardCharsets.UTF_8);

    private final FakeRaftNode raft = new FakeRaftNode();
    private final AtomicLong applied = new AtomicLong();
    private final ForwardedEntries entries = new ForwardedEntries(applied::get);
    private final List<String> refused = new ArrayList<>();

    private void offer(long requestId) {
        entries.offer(requestId, ENTRY, (id, refusal) -> refused.add(id + " " + refusal));
    }

    @Test
    void theLogIsGivenTheEntryAsItIs() {
        entries.attach(raft);
        offer(7);
        assertThat(raft.proposals).hasSize(1);
        assertThat(raft.proposals.get(0).data()).isSameAs(ENTRY);
        assertThat(refused).isEmpty();
    }

    @Test
    void whatIsCertainlyNotInTheLogIsReported() {
        offer(1);
        entries.attach(raft);
        raft.leading = false;
        offer(2);
        raft.leading = true;
        raft.refusal = Kind.BUSY;
        offer(3);
        raft.refusal = null;
        raft.committedIndex = 5_001;
        offer(4);
        applied.set(1);
        offer(5);
        assertThat(refused).containsExactly("1 NOT_TAKEN", "2 NOT_TAKEN", "3 BUSY", "4 BUSY");
        assertThat(raft.proposals).hasSize(1);
    }

    @Test
    void whatMayBeInTheLogIsNotSpokenOf() {
        entries.attach(raft);
        for (Kind kind : List.of(Kind.UNKNOWN, Kind.STOPPED, Kind.FATAL)) {
            offer(1);
            raft.proposals.remove(0).failed(new RaftException(kind, "by the test"));
        }
        assertThat(refused).isEmpty();
    }
}

package io.etcetera.server.rpc.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.WatchBatch;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.rpc.port.FakeWatchHub;
import org.junit.jupiter.api.Test;

class WatchQueueTest {
    private static final int WATCHES = 3 * WatchQueue.MAX_BATCHES;

    private final WatchQueue queue = new WatchQueue();

    @Test
    void aWriteThatIsBegunGoesToAllWatches() {
        for (int watch = 0; watch < WATCHES; watch++) {
            assertThat(queue.offer(live(watch, 7))).isTrue();
        }
        assertThat(queue.offer(live(0, 8))).isFalse();
        assertThat(queue.takeRoomAgain()).isFalse();
        for (int i = 0; i < WATCHES - WatchQueue.MAX_BATCHES / 2; i++) {
            queue.poll();
        }
        assertThat(queue.takeRoomAgain()).isTrue();
        assertThat(queue.takeRoomAgain()).isFalse();
        assertThat(queue.offer(live(0, 8))).isTrue();
    }

    @Test
    void aWriteThatIsNotBegunIsRefused() {
        for (int i = 0; i < WatchQueue.MAX_BATCHES; i++) {
            assertThat(queue.offer(live(0, 7 + i))).isTrue();
        }
        assertThat(queue.offer(live(1, 7 + WatchQueue.MAX_BATCHES))).isFalse();
        assertThat(queue.offer(live(1, 7 + WatchQueue.MAX_BATCHES - 1)))
                .as("the last one is begun")
                .isTrue();
    }

    /** Each reading of history finds events of its own, so many of them would be a lot. */
    @Test
    void readingsOfHistoryAreBoundedWhateverTheirRevision() {
        for (int round = 0; round < WatchQueue.MAX_BATCHES; round++) {
            assertThat(queue.offer(history(round, 100 + round))).isTrue();
        }
        assertThat(queue.offer(history(WATCHES, 99))).isFalse();
        assertThat(queue.offer(history(WATCHES, 100 + WatchQueue.MAX_BATCHES - 1)))
                .as("the last one is begun")
                .isTrue();
    }

    private static WatchBatch live(long watch, long revision) {
        return FakeWatchHub.batch(watch, revision, event(revision));
    }

    private static WatchBatch history(long watch, long round) {
        return FakeWatchHub.batch(watch, 9, round, event(8), event(9));
    }

    private static Event event(long revision) {
        return Event.newBuilder()
                .setKv(KeyValue.newBuilder().setModRevision(revision))
                .build();
    }
}

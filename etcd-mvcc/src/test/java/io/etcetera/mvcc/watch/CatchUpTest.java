package io.etcetera.mvcc.watch;

import static io.etcetera.mvcc.watch.Requests.key;
import static io.etcetera.mvcc.watch.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchStream;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of falling behind and catching up, one by one, with the catch-up thread's work done by hand. */
class CatchUpTest extends HubFixture {

    @Test
    void aRefusedWatcherGoesOnWhereItStoppedAfterResume() throws WatchException {
        watch(key("a", 0));
        sink.room = 1;
        write("a=1");
        write("a=2");
        write("a=3");
        assertThat(sink.refusals).as("a blocked stream is left alone").isEqualTo(1);
        assertThat(hub.counts().slowWatchers()).isEqualTo(1);
        assertThat(hub.counts().pendingEvents()).isEqualTo(1);
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]");

        sink.room = 10;
        stream.resume();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@4[3:a=2, 4:a=3]");
        assertThat(hub.counts().pendingEvents()).isZero();
        write("a=4");
        assertThat(sink.drain()).containsExactly("0@5[5:a=4]");
    }

    @Test
    void aWatcherRefusedWhileCatchingUpKeepsItsPlace() throws WatchException {
        write("a=1");
        write("a=2");
        watch(key("a", 2));
        sink.room = 0;
        hub.catchUpOnce();
        assertThat(hub.counts().pendingEvents()).isEqualTo(2);
        write("a=3");
        sink.room = 10;
        stream.resume();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@4[2:a=1, 3:a=2, 4:a=3]");
        assertThat(hub.counts().slowWatchers()).isZero();
    }

    @Test
    void aResumeFromInsideTheRefusalCounts() throws WatchException {
        watch(key("a", 0));
        sink.room = 0;
        sink.callback = stream::resume;
        write("a=1");
        sink.callback = null;
        sink.room = 1;
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]");
    }

    @Test
    void aSinkMayCancelAndCloseFromInsideAnOffer() throws WatchException {
        watch(key("a", 0));
        watch(key("a", 0));
        sink.callback = stream::close;
        write("a=1");
        assertThat(sink.taken).hasSize(1);
        assertThat(hub.counts().watchers()).isZero();

        WatchStream other = hub.open(sink);
        long id = other.watch(key("a", 1));
        other.start(id);
        sink.callback = () -> other.cancel(id);
        hub.catchUpOnce();
        write("a=2");
        assertThat(sink.taken).hasSize(2);
        sink.room = 0;
        long again = other.watch(key("a", 0));
        other.start(again);
        sink.callback = () -> other.cancel(again);
        write("a=3");
        assertThat(hub.counts().watchers()).isZero();
        assertThat(hub.counts().slowWatchers()).isZero();
        assertThat(hub.counts().pendingEvents()).isZero();
    }

    @Test
    void aFailingSinkHarmsNobodyElse() throws WatchException {
        RecordingSink healthy = new RecordingSink();
        WatchStream other = hub.open(healthy);
        other.start(other.watch(key("a", 0)));
        watch(key("a", 0));
        sink.callback = () -> {
            throw new IllegalStateException("a broken sink, as this test wants it");
        };
        write("a=1");
        assertThat(healthy.drain()).containsExactly("0@2[2:a=1]");
        sink.callback = null;
        stream.resume();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]");
    }

    @Test
    void catchUpBatchesHoldAThousandRevisionsAndNeverSplitOne() throws WatchException {
        for (int i = 0; i < 1500; i++) {
            write("a=" + i, "b=" + i);
        }
        watch(range("a", "c", 1));
        hub.catchUpOnce();
        assertThat(sink.taken).hasSize(1);
        assertThat(sink.taken.get(0).events()).hasSize(2000);
        assertThat(sink.taken.get(0).revision()).isEqualTo(1501);
        hub.catchUpOnce();
        assertThat(sink.taken).hasSize(2);
        assertThat(sink.taken.get(1).events()).hasSize(1000);
        assertThat(hub.counts().slowWatchers()).isZero();
    }

    @Test
    void aBatchEndsBehindTheRevisionThatFillsItsBytes() throws WatchException {
        var options = new WatchHubOptions(Duration.ZERO, Duration.ZERO, 1000, 1, 512);
        StoreWatchHub small = new StoreWatchHub(history, options);
        history.write("a=1", "b=1");
        history.write("a=2");
        WatchStream past = small.open(sink);
        past.start(past.watch(range("a", "c", 1)));
        small.catchUpOnce();
        small.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@3[2:a=1, 2:b=1]");
    }

    @Test
    void writesKeptForAWatcherThatIsGoneServeNobodyElse() throws WatchException {
        sink.room = 0;
        long slow = watch(key("a", 0));
        write("a=1");
        write("a=2");
        stream.cancel(slow);
        write("a=3"); // nobody watches: not kept
        sink.room = 10;
        stream.resume();
        watch(key("a", 2));
        write("a=4");
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("1@5[2:a=1, 3:a=2, 4:a=3, 5:a=4]");
    }

    @Test
    void writesDuringAScanAreAddedFromMemory() throws WatchException {
        write("a=1");
        watch(key("a", 1));
        history.duringNextScan = () -> write("a=2");
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]", "0@3[3:a=2]");
        assertThat(hub.counts().slowWatchers()).isZero();
        write("a=3");
        assertThat(sink.drain()).containsExactly("0@4[4:a=3]");
    }

    @Test
    void oneScanServesManyWatchersAndThoseFarAboveGetTheirTurn() throws WatchException {
        var options = new WatchHubOptions(Duration.ZERO, Duration.ZERO, 2, 1 << 20, 512);
        StoreWatchHub small = new StoreWatchHub(history, options);
        WatchStream past = small.open(sink);
        for (int i = 2; i <= 100; i++) {
            history.write("a=" + i);
        }
        small.restored();
        past.start(past.watch(key("a", 1)));
        past.start(past.watch(key("a", 2)));
        past.start(past.watch(key("a", 100)));
        small.catchUpOnce();
        assertThat(history.scans).isEqualTo(1);
        small.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@100[2:a=2, 3:a=3]", "1@100[2:a=2, 3:a=3]", "2@100[100:a=100]");
        small.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@100[4:a=4, 5:a=5]", "1@100[4:a=4, 5:a=5]");
    }

    @Test
    void aFailingReadLosesNothing() throws WatchException {
        write("a=1");
        watch(key("a", 1));
        var failure = new IllegalStateException("a broken disk, as this test wants it");
        history.nextFailure = failure;
        assertThatThrownBy(hub::catchUpOnce).isSameAs(failure);
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]");
    }

    // ---- compaction

    @Test
    void aWatcherOfCompactedHistoryEnds() throws WatchException {
        IntStream.range(0, 5).forEach(i -> write("a=" + i));
        history.compact(4);
        long tooOld = watch(key("a", 3));
        long justRight = watch(key("a", 4));
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly(tooOld + "@0 compacted 4", justRight + "@6[4:a=2, 5:a=3, 6:a=4]");
        assertThat(hub.counts().watchers()).isEqualTo(1);
    }

    @Test
    void aWatcherThatCompactionEndedKeepsItsIdUntilItIsCancelled() throws WatchException {
        IntStream.range(0, 5).forEach(i -> write("a=" + i));
        history.compact(4);
        watch(key("a", 3, 1));
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("1@0 compacted 4");
        assertThatThrownBy(() -> watch(key("a", 0, 1))).isInstanceOf(WatchException.class);
        assertThat(watch(key("a", 0))).isZero();
        assertThat(watch(key("a", 0))).as("1 is taken").isEqualTo(2);
        assertThat(stream.progressRevision())
                .as("as long as one is ended, the stream is not up to date")
                .isZero();
        assertThat(stream.cancel(1)).isTrue();
        assertThat(stream.cancel(1)).isFalse();
        assertThat(stream.progressRevision()).isEqualTo(6);
        assertThat(watch(key("a", 0, 1))).isEqualTo(1);
        assertThat(hub.counts().watchers()).isEqualTo(3);
    }

    @Test
    void closingAStreamLetsGoOfWhatCompactionEnded() throws WatchException {
        write("a=1");
        write("a=2");
        history.compact(3);
        watch(key("a", 1));
        watch(key("a", 0));
        hub.catchUpOnce();
        stream.close();
        assertThat(stream.size()).isZero();
        assertThat(hub.counts().watchers()).isZero();
        assertThat(hub.counts().streams()).isZero();
    }

    @Test
    void theDeleteAtTheCompactRevisionIsDelivered() throws WatchException {
        write("a=1");
        write("-a");
        history.compact(3);
        watch(key("a", 3));
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@3[3:-a]");
    }

    @Test
    void theEndWaitsForRoom() throws WatchException {
        write("a=1");
        write("a=2");
        history.compact(3);
        sink.room = 0;
        watch(key("a", 1));
        hub.catchUpOnce();
        assertThat(hub.counts().watchers()).isEqualTo(1);
        sink.room = 1;
        stream.resume();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@0 compacted 3");
        assertThat(hub.counts().watchers()).isZero();
        assertThat(hub.counts().slowWatchers()).isZero();
    }

    @Test
    void aCompactionDuringAScanLeavesNoHole() throws WatchException {
        IntStream.range(0, 5).forEach(i -> write("a=" + i));
        watch(key("a", 2));
        history.duringNextScan = () -> history.compact(6);
        hub.catchUpOnce();
        assertThat(sink.drain()).isEmpty();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@0 compacted 6");
    }

    @Test
    void syncedWatchersDoNotCareForCompaction() throws WatchException {
        watch(key("a", 0));
        write("a=1");
        write("a=2");
        history.compact(3);
        write("a=3");
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]", "0@3[3:a=2]", "0@4[4:a=3]");
    }

    // ---- restore

    @Test
    void afterARestoreSyncedWatchersCatchUp() throws WatchException {
        write("a=1");
        watch(key("a", 0));
        watch(key("a", 7));
        write("a=2");
        history.write("a=3");
        history.write("a=4");
        hub.restored();
        assertThat(hub.counts().slowWatchers())
                .as("the one that starts in the future has nothing to catch up with")
                .isEqualTo(1);
        assertThat(stream.progressRevision()).isZero();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@3[3:a=2]", "0@5[4:a=3, 5:a=4]");
        write("a=5");
        write("a=6");
        assertThat(sink.drain()).containsExactlyInAnyOrder("0@6[6:a=5]", "0@7[7:a=6]", "1@7[7:a=6]");
    }

    @Test
    void aRestoreDuringAScanStartsItAgain() throws WatchException {
        write("a=1");
        watch(key("a", 1));
        history.duringNextScan = () -> {
            history.write("a=2");
            hub.restored();
        };
        hub.catchUpOnce();
        assertThat(sink.drain()).isEmpty();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@3[2:a=1, 3:a=2]");
    }

    @Test
    void aRestoreThatSkipsCompactedHistoryEndsWatchers() throws WatchException {
        watch(key("a", 0));
        IntStream.range(0, 5).forEach(i -> history.write("a=" + i));
        history.compact(5);
        hub.restored();
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@0 compacted 5");
    }
}

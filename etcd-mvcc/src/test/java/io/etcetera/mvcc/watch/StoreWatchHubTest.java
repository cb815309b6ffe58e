package io.etcetera.mvcc.watch;

import static io.etcetera.mvcc.watch.Requests.filtered;
import static io.etcetera.mvcc.watch.Requests.fromKey;
import static io.etcetera.mvcc.watch.Requests.key;
import static io.etcetera.mvcc.watch.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchStream;
import org.junit.jupiter.api.Test;

/** The rules of registration, live delivery, progress and closing, one by one. */
class StoreWatchHubTest extends HubFixture {
    // ---- registration

    @Test
    void idsCountUpFromZeroAndSkipThoseInUse() throws WatchException {
        assertThat(watch(key("a", 0))).isZero();
        assertThat(watch(key("a", 0, 2))).isEqualTo(2);
        assertThat(watch(key("a", 0))).isEqualTo(1);
        assertThat(watch(key("a", 0))).isEqualTo(3);
        assertThat(stream.cancel(1)).isTrue();
        assertThat(watch(key("a", 0))).as("an ID is not given out twice").isEqualTo(4);
        assertThat(hub.open(sink).watch(key("a", 0))).as("each stream counts").isZero();
    }

    @Test
    void duplicateIdsAndEmptyRangesAreRefused() throws WatchException {
        watch(key("a", 0, 7));
        assertThatThrownBy(() -> stream.watch(key("b", 0, 7)))
                .isInstanceOfSatisfying(
                        WatchException.class, e -> assertThat(e.kind()).isEqualTo(WatchException.Kind.DUPLICATE_ID));
        assertThatThrownBy(() -> stream.watch(range("b", "b", 0)))
                .isInstanceOfSatisfying(
                        WatchException.class, e -> assertThat(e.kind()).isEqualTo(WatchException.Kind.EMPTY_RANGE));
        assertThat(stream.size()).isEqualTo(1);
        assertThat(hub.counts().watchers()).isEqualTo(1);
    }

    @Test
    void startZeroMeansWhatComesAfterThePresent() throws WatchException {
        write("a=1");
        watch(key("a", 0));
        hub.catchUpOnce();
        write("a=2");
        assertThat(sink.drain()).containsExactly("0@3[3:a=2]");
        assertThat(history.scans).isZero();
    }

    @Test
    void aWriteThatIsReadableButNotYetReportedIsThePresent() throws WatchException {
        var unreported = history.write("a=1");
        watch(key("a", 0));
        watch(key("a", 2));
        hub.written(2, unreported);
        assertThat(sink.drain()).containsExactly("1@2[2:a=1]");
    }

    @Test
    void aStartInTheFutureSkipsWhatComesBefore() throws WatchException {
        watch(key("a", 4));
        write("a=1");
        write("a=2");
        assertThat(sink.drain()).isEmpty();
        write("a=3");
        assertThat(sink.drain()).containsExactly("0@4[4:a=3]");
    }

    @Test
    void aStartInThePastIsServedFromHistoryWithTheCurrentRevisionInTheHeader() throws WatchException {
        write("a=1");
        write("b=1");
        write("a=2", "c=1");
        watch(key("a", 2));
        assertThat(sink.drain()).isEmpty();
        assertThat(hub.counts().slowWatchers()).isEqualTo(1);
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@4[2:a=1, 4:a=2]");
        assertThat(hub.counts().slowWatchers()).isZero();
        write("a=3");
        assertThat(sink.drain()).containsExactly("0@5[5:a=3]");
    }

    @Test
    void negativeStartsMeanAllHistory() throws WatchException {
        write("a=1");
        watch(key("a", -5));
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly("0@2[2:a=1]");
    }

    @Test
    void nothingIsOfferedBeforeStart() throws WatchException {
        long live = stream.watch(key("a", 0));
        long past = stream.watch(key("a", 1));
        write("a=1");
        hub.catchUpOnce();
        assertThat(sink.drain()).isEmpty();
        stream.start(live);
        stream.start(past);
        stream.start(past);
        stream.start(99);
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactlyInAnyOrder("0@2[2:a=1]", "1@2[2:a=1]");
    }

    // ---- live delivery

    @Test
    void allEventsOfARevisionAreOneBatchForEachWatcherInOrder() throws WatchException {
        watch(range("a", "c", 0));
        watch(key("b", 0));
        watch(fromKey("b", 0));
        watch(key("x", 0));
        write("b=1", "a=1", "c=1");
        assertThat(sink.drain()).containsExactlyInAnyOrder("0@2[2:b=1, 2:a=1]", "1@2[2:b=1]", "2@2[2:b=1, 2:c=1]");
        assertThat(hub.counts().eventsTotal()).isEqualTo(5);
    }

    @Test
    void filtersLeaveOutEventsAndEmptyBatches() throws WatchException {
        watch(filtered(key("a", 0), true, false));
        watch(filtered(key("a", 0), false, true));
        watch(filtered(key("a", 0), true, true));
        write("a=1");
        assertThat(sink.drain()).containsExactly("1@2[2:a=1]");
        write("-a");
        assertThat(sink.drain()).containsExactly("0@3[3:-a]");
        long late = watch(filtered(key("a", 1), true, false));
        hub.catchUpOnce();
        assertThat(sink.drain()).containsExactly(late + "@3[3:-a]");
    }

    @Test
    void nothingIsOfferedAfterCancel() throws WatchException {
        long live = watch(key("a", 0));
        long past = watch(key("a", 1));
        assertThat(stream.cancel(live)).isTrue();
        assertThat(stream.cancel(past)).isTrue();
        assertThat(stream.cancel(live)).isFalse();
        write("a=1");
        hub.catchUpOnce();
        assertThat(sink.drain()).isEmpty();
        assertThat(hub.counts().watchers()).isZero();
        assertThat(hub.counts().slowWatchers()).isZero();
    }

    @Test
    void cancelDuringAScanIsHeeded() throws WatchException {
        write("a=1");
        long id = watch(key("a", 1));
        history.duringNextScan = () -> stream.cancel(id);
        hub.catchUpOnce();
        assertThat(sink.drain()).isEmpty();
        assertThat(hub.counts().slowWatchers()).isZero();
    }

    // ---- progress

    @Test
    void progressNeedsEveryWatcherSyncedAndStarted() throws WatchException {
        write("a=1");
        assertThat(stream.progressRevision()).as("no watchers").isZero();
        long live = watch(key("a", 0));
        assertThat(stream.progressRevision()).isEqualTo(2);
        assertThat(stream.progressRevision(live)).isEqualTo(2);
        long past = watch(key("a", 1));
        assertThat(stream.progressRevision()).isZero();
        assertThat(stream.progressRevision(past)).isZero();
        assertThat(stream.progressRevision(live)).isEqualTo(2);
        hub.catchUpOnce();
        assertThat(stream.progressRevision()).isEqualTo(2);
        watch(key("a", 4));
        assertThat(stream.progressRevision()).isZero();
        write("b=1");
        assertThat(stream.progressRevision()).isZero();
        write("b=2");
        assertThat(stream.progressRevision()).isEqualTo(4);
        assertThat(stream.progressRevision(99)).isZero();
        stream.watch(key("a", 0));
        assertThat(stream.progressRevision()).as("one not started").isZero();
    }

    @Test
    void progressStaysBehindAWriteThatIsNotYetReported() throws WatchException {
        watch(key("a", 0));
        var unreported = history.write("a=1");
        assertThat(stream.progressRevision()).isEqualTo(1);
        hub.written(2, unreported);
        assertThat(stream.progressRevision()).isEqualTo(2);
    }

    // ---- close

    @Test
    void closingAStreamRemovesItsWatchers() throws WatchException {
        for (int i = 0; i < 1000; i++) {
            watch(i % 2 == 0 ? key("a" + i, 0) : range("a", "b" + i, 0));
        }
        assertThat(hub.counts().streams()).isEqualTo(1);
        stream.close();
        stream.close();
        assertThat(hub.counts().watchers()).isZero();
        assertThat(hub.counts().streams()).isZero();
        write("a0=1", "a1=1");
        assertThat(sink.drain()).isEmpty();
        assertThatThrownBy(() -> stream.watch(key("a", 0))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingTheHubEndsItsThreadAndItsStreams() throws WatchException {
        Thread[] made = new Thread[1];
        StoreWatchHub threaded = new StoreWatchHub(history, WatchHubOptions.DEFAULT, task -> {
            made[0] = new Thread(task, "watch-catch-up");
            return made[0];
        });
        WatchStream other = threaded.open(sink);
        other.start(other.watch(key("a", 0)));
        threaded.close();
        threaded.close();
        assertThat(made[0].isAlive()).isFalse();
        assertThat(threaded.counts().watchers()).isZero();
        assertThatThrownBy(() -> threaded.open(sink)).isInstanceOf(IllegalStateException.class);
    }
}

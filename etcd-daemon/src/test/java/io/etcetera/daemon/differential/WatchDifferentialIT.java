package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.Tools;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Watches: many at a time, on several streams, beside random writes, leases, compactions and restarts. Both servers have
 * to tell each watch what the history of the store says, and answer each request alike.
 *
 * <p>What etcd determines, and is compared exactly, on both servers:
 *
 * <ul>
 *   <li>the replies of a stream to create and cancel requests, in order, with all their fields; the header revision of one
 *       that is not awaited lies between those before and after;
 *   <li>the events of each watch, with all fields, from the first to the last, across messages and restarts; a previous
 *       value is there if it was asked for and not compacted when the event was sent;
 *   <li>that nothing comes of a watch before its reply, after its cancellation or its end by compaction, and no event
 *       behind progress beyond it;
 *   <li>that a revision is not split over messages, but by leave of the watch;
 *   <li>whether a watch of the past ends by compaction, and the one message that says so;
 *   <li>whether a stream answers a request for progress once everything is delivered, and with which revision; which
 *       watches are told progress now and then;
 *   <li>how a stream ends that was sent what is no message.
 * </ul>
 *
 * <p>What depends on time in etcd itself, and is only held to what is always true: how events are grouped into messages,
 * the header revision of those (not below their events'), how watches of one stream take turns, whether a watch that is
 * created just before a compaction is overtaken by it, how much comes before a cancellation that nothing is awaited for,
 * and how often progress is told. Stock may send a previous value to watches that did not ask, when others did.
 *
 * <p>A long run: {@code -Ddifferential.operations=1000000 -Ddifferential.seed=7 -Ddifferential.pairs=2}. The same seed
 * makes the same operations. {@link #main} does the same outside of a test.
 */
class WatchDifferentialIT {
    private static final long OPERATIONS = 12_000;

    @Test
    void watchesTellTheSame() throws Exception {
        Tools.stock("etcd");
        Coverage coverage = run();
        assertThat(coverage.missing(List.of(
                        "events",
                        "events with a previous value",
                        "watches ended by compaction",
                        "watches refused",
                        "watches cancelled",
                        "progress of streams",
                        "progress of watches",
                        "streams ended by what is no message")))
                .as("what never occurred")
                .isEmpty();
    }

    public static void main(String[] args) throws Exception {
        run();
    }

    private static Coverage run() throws Exception {
        return DifferentialRun.asAsked(new WatchWorkload(), OPERATIONS);
    }
}

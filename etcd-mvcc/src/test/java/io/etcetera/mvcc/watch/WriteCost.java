package io.etcetera.mvcc.watch;

import static io.etcetera.mvcc.watch.FakeHistory.bytes;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchStream;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Measures what reporting a write costs the apply thread, with sinks that take everything and keep nothing. Run
 * {@code main} from the test class path; the last of five rounds counts.
 */
final class WriteCost {
    private static final int ROUNDS = 5;
    private static final byte[] KEY = bytes("/a/key");
    private static final byte[] RECORD = new byte[128];

    private final FakeHistory history = new FakeHistory();
    private final StoreWatchHub hub = new StoreWatchHub(history, WatchHubOptions.DEFAULT);
    private final LongAdder taken = new LongAdder();
    private long revision = 1;

    private WriteCost() {}

    public static void main(String[] args) throws WatchException {
        new WriteCost().measure("no watchers", 50_000_000, List.of());
        new WriteCost().measure("1 exact watcher", 10_000_000, List.of(KeyRange.single(bytes("/a/key"))));
        KeyRange prefix = KeyRange.of(bytes("/a/"), bytes("/a0"));
        new WriteCost().measure("1000 watchers on one prefix", 50_000, Collections.nCopies(1000, prefix));
        List<KeyRange> others = IntStream.range(0, 10_000)
                .mapToObj(i -> KeyRange.of(bytes("/b/" + i + "/"), bytes("/b/" + i + "0")))
                .toList();
        new WriteCost().measure("10,000 other prefixes, none hit", 10_000_000, others);
    }

    private void measure(String name, int writes, List<KeyRange> ranges) throws WatchException {
        for (KeyRange range : ranges) {
            WatchStream stream = hub.open(batch -> {
                taken.increment();
                return true;
            });
            stream.start(stream.watch(new WatchRequest(range, 0, WatchStream.AUTO_ID, false, false, false)));
        }
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < writes; i++) {
                revision++;
                hub.written(revision, List.of(new Change(KEY, RECORD, revision, 0, false, 2, revision)));
            }
            double nanos = (System.nanoTime() - begin) / (double) writes;
            if (round == ROUNDS - 1) {
                System.out.printf("%-34s %10.1f ns a write, %d batches%n", name, nanos, taken.sum());
            }
        }
    }
}

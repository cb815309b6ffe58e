package io.etcetera.mvcc.watch;

import static io.etcetera.mvcc.watch.FakeHistory.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatcherIndexTest {
    private final FakeHistory history = new FakeHistory();
    private final HubStream stream =
            new HubStream(new WatcherGroups(history, WatchHubOptions.DEFAULT), new RecordingSink());
    private final WatcherIndex index = new WatcherIndex();

    private Watcher watcher(KeyRange range, long id) {
        return new Watcher(stream, id, Requests.request(range, 0, id), 1, id);
    }

    private List<Watcher> find(String key) {
        List<Watcher> found = new ArrayList<>();
        index.find(bytes(key), found::add);
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsWhatALinearSearchFinds(long seed) {
        Random random = new Random(seed);
        List<Watcher> all = new ArrayList<>();
        for (int step = 0; step < 4000; step++) {
            if (all.size() > 300 || (!all.isEmpty() && random.nextInt(3) == 0)) {
                index.remove(all.remove(random.nextInt(all.size())));
            } else {
                Watcher made = watcher(randomRange(random), step);
                index.add(made);
                all.add(made);
            }
            String key = randomKey(random);
            assertThat(find(key))
                    .as("seed %d step %d key %s", seed, step, key)
                    .containsExactlyInAnyOrderElementsOf(all.stream()
                            .filter(watcher -> watcher.range.contains(bytes(key)))
                            .toList());
        }
        all.forEach(index::remove);
        assertThat(index.size()).isZero();
        assertThat(find("a")).isEmpty();
    }

    @Test
    void manyRangesInRisingOrderStayShallow() {
        int count = 100_000;
        List<Watcher> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String prefix = String.format("/%08d/", i);
            Watcher made = watcher(KeyRange.of(bytes(prefix), bytes(prefix + "\u007f")), i);
            index.add(made);
            all.add(made);
        }
        assertThat(find("/00012345/x")).containsExactly(all.get(12345));
        assertThat(find("/x")).isEmpty();
        all.forEach(index::remove);
        assertThat(find("/00012345/x")).isEmpty();
    }

    private static KeyRange randomRange(Random random) {
        while (true) {
            KeyRange range = switch (random.nextInt(3)) {
                case 0 -> KeyRange.single(bytes(randomKey(random)));
                case 1 -> KeyRange.of(bytes(randomKey(random)), Requests.FROM_KEY);
                default -> KeyRange.of(bytes(randomKey(random)), bytes(randomKey(random)));
            };
            if (!range.isEmpty()) {
                return range;
            }
        }
    }

    private static String randomKey(Random random) {
        StringBuilder key = new StringBuilder();
        do {
            key.append((char) ('a' + random.nextInt(4)));
        } while (random.nextInt(3) != 0);
        return key.toString();
    }
}

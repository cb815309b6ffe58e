package io.etcetera.mvcc.watch;

import static io.etcetera.mvcc.watch.FakeHistory.bytes;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random writes and watch requests over a small key space. */
final class RandomWorkload {
    private static final int KEYS = 12;

    private final Random random;
    private final FakeHistory history;
    private long values;

    RandomWorkload(Random random, FakeHistory history) {
        this.random = random;
        this.history = history;
    }

    /** Changes of one to four different keys. */
    String[] changes() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add(key(i));
        }
        Collections.shuffle(keys, random);
        List<String> changes = new ArrayList<>();
        for (String key : keys.subList(0, 1 + random.nextInt(4))) {
            boolean delete = history.isAlive(key) && random.nextInt(3) == 0;
            changes.add(delete ? "-" + key : key + "=" + values++);
        }
        return changes.toArray(String[]::new);
    }

    WatchRequest request() {
        return new WatchRequest(
                range(),
                startRevision(),
                WatchStream.AUTO_ID,
                random.nextBoolean(),
                random.nextInt(5) == 0,
                random.nextInt(5) == 0);
    }

    private KeyRange range() {
        String start = key(random.nextInt(KEYS));
        return switch (random.nextInt(4)) {
            case 0 -> KeyRange.single(bytes(start));
            case 1 -> KeyRange.of(bytes(start), Requests.FROM_KEY);
            case 2 -> KeyRange.of(bytes("k"), bytes("l"));
            default -> KeyRange.of(bytes(start), bytes(start + "~"));
        };
    }

    private long startRevision() {
        long current = history.currentRevision();
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> current + random.nextInt(20);
            case 2 -> Math.max(1, history.compactRevision());
            default -> 1 + random.nextLong(current);
        };
    }

    private static String key(int i) {
        return "k" + (char) ('a' + i);
    }
}

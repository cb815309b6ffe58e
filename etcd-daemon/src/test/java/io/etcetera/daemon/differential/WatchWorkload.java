package io.etcetera.daemon.differential;

import java.util.List;
import java.util.function.Supplier;

/** Writes, with watches that come and go beside them. */
final class WatchWorkload implements Workload {
    @Override
    public List<String> flags() {
        return List.of(QUOTA, "--watch-progress-notify-interval=400ms");
    }

    @Override
    public Supplier<Operation> operations(long seed) {
        return new WatchGenerator(seed)::next;
    }

    @Override
    public Runner runner(TwoServers servers, Coverage coverage) {
        return new WatchRunner(servers, coverage);
    }
}

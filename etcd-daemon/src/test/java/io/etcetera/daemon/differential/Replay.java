package io.etcetera.daemon.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Runs operations against a pair of servers with fresh data. */
final class Replay {
    private Replay() {}

    /**
     * Runs {@code count} operations, or as many as there are up to the first difference.
     *
     * @param seed to be named in the difference
     */
    static Optional<Difference> run(
            Workload workload, long seed, Supplier<Operation> operations, long count, Coverage coverage)
            throws IOException, InterruptedException {
        List<Operation> done = new ArrayList<>();
        try (FastDirectory directory = FastDirectory.create("differential");
                TwoServers servers =
                        TwoServers.start(directory.path(), workload.flags().toArray(String[]::new))) {
            Workload.Runner runner = workload.runner(servers, coverage);
            for (long i = 0; i < count; i++) {
                Operation operation = operations.get();
                done.add(operation);
                Optional<String> difference = runner.run(operation);
                if (difference.isPresent()) {
                    return difference.map(text -> new Difference(seed, done, text));
                }
            }
            return runner.finish().map(text -> new Difference(seed, done, text));
        }
    }
}

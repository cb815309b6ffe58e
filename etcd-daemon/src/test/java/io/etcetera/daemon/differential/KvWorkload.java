package io.etcetera.daemon.differential;

import java.util.List;
import java.util.function.Supplier;

/** KV, transactions, compaction and leases. */
final class KvWorkload implements Workload {
    @Override
    public List<String> flags() {
        return List.of(QUOTA);
    }

    @Override
    public Supplier<Operation> operations(long seed) {
        return new OperationGenerator(seed)::next;
    }

    @Override
    public Runner runner(TwoServers servers, Coverage coverage) {
        return new PairRunner(servers, coverage);
    }
}

package io.etcetera.daemon.differential;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A kind of random operations, and how they are done and compared. */
interface Workload {
    /** More than any run writes: reaching the quota is for another test. */
    String QUOTA = "--quota-backend-bytes=8589934592";

    /** The flags of both servers. */
    List<String> flags();

    /** Endless operations that follow from the seed alone. Used by one thread. */
    Supplier<Operation> operations(long seed);

    Runner runner(TwoServers servers, Coverage coverage);

    /** Does operations on one pair of servers. Used by one thread. */
    interface Runner {

        /** Does one operation; returns the first difference found, which may belong to an earlier one. */
        Optional<String> run(Operation operation) throws IOException, InterruptedException;

        /** Waits for what is under way and compares it. */
        Optional<String> finish() throws IOException, InterruptedException;
    }
}

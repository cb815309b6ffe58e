package io.etcetera.server.concurrency;

import io.etcetera.mvcc.KvStore;
import io.etcetera.server.maintenance.QuotaGuard;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.util.concurrent.Executor;

/**
 * What locks and elections use of a member.
 *
 * @param readers runs reads that may be large; may throw RejectedExecutionException once the member stops
 */
public record ConcurrencyParts(
        KvStore store, Proposer proposer, ReadBarrier reads, QuotaGuard quota, Executor readers) {}

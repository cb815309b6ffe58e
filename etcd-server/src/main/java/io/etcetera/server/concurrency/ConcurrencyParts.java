package io.etcetera.server.concurrency;

import io.etcetera.mvcc.KvStore;
import io.etcetera.server.auth.Identity;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.maintenance.QuotaGuard;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.util.concurrent.Executor;

/**
 * What locks and elections use of a member.
 *
 * @param proposer proposes in the name of the caller
 * @param identity says who that is
 * @param permissions what he may do
 * @param readers runs reads that may be large; may throw RejectedExecutionException once the member stops
 */
public record ConcurrencyParts(
        KvStore store,
        Proposer proposer,
        ReadBarrier reads,
        QuotaGuard quota,
        Identity identity,
        Permissions permissions,
        Executor readers) {}

package io.etcetera.server.rpc;

import io.etcetera.mvcc.KvStore;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.maintenance.AlarmView;
import io.etcetera.server.maintenance.QuotaGuard;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;

/** Everything of a member that its RPC services use; put together when the member starts. */
public record MemberParts(
        EtcdConfig config,
        Membership membership,
        RaftNode raft,
        KvStore store,
        Proposer proposer,
        ReadBarrier reads,
        Leases leases,
        QuotaGuard quota,
        AlarmView alarms) {}

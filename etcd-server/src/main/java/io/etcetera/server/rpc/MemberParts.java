package io.etcetera.server.rpc;

import io.etcetera.mvcc.KvStore;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.auth.Authenticator;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.cluster.Downgrades;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.cluster.change.Reconfiguration;
import io.etcetera.server.cluster.leader.LeadershipTransfer;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.maintenance.AlarmView;
import io.etcetera.server.maintenance.QuotaGuard;
import io.etcetera.server.maintenance.SnapshotSource;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.util.function.LongSupplier;

/**
 * Everything of a member that its RPC services use; put together when the member starts.
 *
 * @param appliedIndex index of the last log entry applied on this member, for Status; thread-safe
 */
public record MemberParts(
        EtcdConfig config,
        Membership membership,
        Reconfiguration reconfiguration,
        LeadershipTransfer transfer,
        VersionView versions,
        Downgrades downgrades,
        RaftNode raft,
        KvStore store,
        SnapshotSource snapshots,
        Proposer proposer,
        ReadBarrier reads,
        Leases leases,
        QuotaGuard quota,
        AlarmView alarms,
        Permissions permissions,
        Authenticator authenticator,
        LongSupplier appliedIndex,
        TimeSource time,
        MemberMetrics metrics) {}

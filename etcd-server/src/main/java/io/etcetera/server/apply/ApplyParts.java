package io.etcetera.server.apply;

import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.server.auth.AuthCommands;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.lease.Lessor;
import io.etcetera.server.maintenance.AlarmStore;
import io.etcetera.server.maintenance.BackendQuota;
import io.etcetera.server.metrics.RequestWatch;

/** Everything that committed requests act on. */
public record ApplyParts(
        ReplaceableBackend backend,
        KvStore store,
        Lessor lessor,
        AlarmStore alarms,
        BackendQuota quota,
        ClusterStore cluster,
        AuthCommands auth,
        RequestWatch watch) {}

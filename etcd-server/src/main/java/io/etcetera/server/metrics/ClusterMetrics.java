package io.etcetera.server.metrics;

import io.etcetera.raft.RaftNode;
import io.etcetera.server.LeadershipListener;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Who leads, who belongs to the cluster, and which versions run. */
public final class ClusterMetrics implements LeadershipListener {
    private final MetricRegistry registry;
    private final Counter leaderChanges;
    private final Counter promotions;
    private final Labelled<Counter> failedPromotions;
    private final Gauge installations;
    private long leader; // apply thread

    ClusterMetrics(MetricRegistry registry) {
        this.registry = registry;
        leaderChanges = registry.counter("etcd_server_leader_changes_seen_total", "The number of leader changes seen.");
        promotions = registry.counter(
                "etcd_server_learner_promote_successes",
                "The total number of successful learner promotions while this member is leader.");
        failedPromotions = registry.counters(
                "etcd_server_learner_promote_failures",
                "The total number of failed learner promotions (likely learner not ready) while this member is leader.",
                "Reason");
        installations = registry.gauge(
                "etcd_server_snapshot_apply_in_progress_total",
                "1 if the server is applying the incoming snapshot. 0 if none.");
    }

    /**
     * Shows the cluster from now on. Once.
     *
     * @param members IDs of all members
     * @param version of the cluster, as major.minor; empty while it is not known
     */
    public void watch(
            long memberId, Supplier<Collection<Long>> members, BooleanSupplier isLearner, Supplier<String> version) {
        registry.info(
                "etcd_server_id",
                "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
                "server_id",
                Long.toHexString(memberId));
        registry.gauge(
                "etcd_server_is_learner",
                "Whether or not this member is a learner. 1 if is, 0 otherwise.",
                () -> isLearner.getAsBoolean() ? 1 : 0);
        registry.infos(
                "etcd_cluster_version",
                "Which version is running. 1 for 'cluster_version' label with current cluster version",
                List.of("cluster_version"),
                () -> version.get().isEmpty() ? List.of() : List.of(List.of(version.get())));
        registry.infos(
                "etcd_network_known_peers",
                "The current number of known peers.",
                List.of("Local", "Remote"),
                () -> members.get().stream()
                        .map(remote -> List.of(Long.toHexString(memberId), Long.toHexString(remote)))
                        .toList());
    }

    /** Shows who leads from now on. Once. */
    public void watch(RaftNode raft) {
        registry.gauge(
                "etcd_server_has_leader",
                "Whether or not a leader exists. 1 is existence, 0 is not.",
                () -> raft.leaderId() != 0 ? 1 : 0);
        registry.gauge(
                "etcd_server_is_leader",
                "Whether or not this member is a leader. 1 if is, 0 otherwise.",
                () -> raft.isLeader() ? 1 : 0);
        registry.counter(
                "etcd_server_heartbeat_send_failures_total",
                "The total number of leader heartbeat send failures (likely overloaded from slow disk).",
                raft::lateHeartbeats);
    }

    /**
     * Shows alarms from now on. Once.
     *
     * @param alarms type and member ID of each that is on
     */
    public void watchAlarms(Supplier<List<Map.Entry<String, Long>>> alarms) {
        registry.infos(
                "etcd_debugging_server_alarms",
                "Alarms for every member in cluster. 1 for 'server_id' label with current ID. 2 for 'alarm_type' label"
                        + " with type of this alarm",
                List.of("alarm_type", "server_id"),
                () -> alarms.get().stream()
                        .map(alarm -> List.of(alarm.getKey(), Long.toHexString(alarm.getValue())))
                        .toList());
    }

    /** Goes up while another member's store is made this member's own. */
    public Gauge installations() {
        return installations;
    }

    /** This member, which leads, has made a learner a voter. */
    public void promoted() {
        promotions.increment();
    }

    /** This member, which leads, has not made a learner a voter. */
    public void promotionFailed(String reason) {
        failedPromotions.with(reason).increment();
    }

    @Override
    public void leaderChanged(long leaderId) {
        if (leaderId != 0 && leaderId != leader) {
            leaderChanges.increment();
        }
        leader = leaderId;
    }
}

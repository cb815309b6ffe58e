package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.testing.cluster.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of both servers after the same few requests: names, types, help texts, labels, bounds, and some numbers. */
class MetricsIT {
    /** Beginnings of names that stock etcd has and this server does not, and why. */
    private static final Map<String, String> LEFT_OUT = Map.of(
            "go_", "the Go runtime; jvm_* stand in its place",
            "etcd_server_go_version", "likewise",
            "etcd_debugging_store_", "the v2 store",
            "etcd_grpc_proxy_", "the gRPC proxy, which etcd registers in servers, too",
            "etcd_debugging_snap_save_", "snapshot files: snapshots are virtual here",
            "etcd_snap_fsync_", "likewise",
            "etcd_debugging_disk_backend_commit_", "parts of a commit in bbolt",
            "etcd_debugging_server_watch_send_loop_", "a loop that there is not here",
            "etcd_server_feature_enabled", "etcd's feature gates",
            "etcd_network_peer_received_failures_total", "there once something has failed");

    /** What must be the same number after the same requests. */
    private static final List<String> EQUAL = List.of(
            "etcd_debugging_auth_revision",
            "etcd_debugging_lease_granted_total",
            "etcd_debugging_lease_revoked_total",
            "etcd_debugging_lease_ttl_total_bucket{le=\"64\"}",
            "etcd_debugging_mvcc_compact_revision",
            "etcd_debugging_mvcc_current_revision",
            "etcd_debugging_mvcc_keys_total",
            "etcd_debugging_mvcc_total_put_size_in_bytes",
            "etcd_mvcc_delete_total",
            "etcd_mvcc_hash_rev_duration_seconds_count",
            "etcd_mvcc_put_total",
            "etcd_network_client_grpc_received_bytes_total",
            "etcd_server_apply_duration_seconds_count{op=\"Put\",success=\"true\",version=\"v3\"}",
            "etcd_server_apply_duration_seconds_count{op=\"Txn\",success=\"true\",version=\"v3\"}",
            "etcd_server_has_leader",
            "etcd_server_is_leader",
            "etcd_server_leader_changes_seen_total",
            "etcd_server_quota_backend_bytes",
            "etcd_server_request_duration_seconds_count{success=\"true\",type=\"Put\"}",
            "etcd_server_version{server_version=\"3.7.1\"}",
            "etcd_cluster_version{cluster_version=\"3.7\"}",
            "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\","
                    + "grpc_type=\"unary\"}",
            "grpc_server_msg_received_total{grpc_method=\"Txn\",grpc_service=\"etcdserverpb.KV\","
                    + "grpc_type=\"unary\"}");

    /** The end of the last request, and what the member finds out by itself in its first seconds. */
    private static final List<String> LAST = List.of(
            "etcd_cluster_version{cluster_version=\"3.7\"}",
            "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"HashKV\",grpc_service=\"etcdserverpb.Maintenance\","
                    + "grpc_type=\"unary\"}");

    @TempDir
    private Path directory;

    @Test
    void areThoseOfEtcd() throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--metrics=extensive")) {
            use(servers.stock());
            use(servers.ours());
            List<ServerProcess> processes = servers.processes();
            Exposition stock = settled(processes.get(0));
            Exposition ours = settled(processes.get(1));

            assertThat(ours.contentType()).isEqualTo(stock.contentType());
            compareFamilies(stock, ours);
            SoftAssertions same = new SoftAssertions();
            EQUAL.forEach(series -> same.assertThat(ours.values().get(series))
                    .as(series)
                    .isNotNull()
                    .isEqualTo(stock.values().get(series)));
            same.assertAll();
            assertThat(callSeries(ours)).isEqualTo(callSeries(stock));
        }
    }

    /** What a member shows when it has counted all: it may do so after the client has had its answer. */
    private static Exposition settled(ServerProcess member) throws Exception {
        return Await.value(
                "all calls to be counted",
                Duration.ofMinutes(1),
                () -> Optional.of(Exposition.of(member.endpoint()))
                        .filter(shown -> shown.values().keySet().containsAll(LAST)));
    }

    private static Set<String> callSeries(Exposition exposition) {
        Set<String> series = new TreeSet<>(exposition.values().keySet());
        series.removeIf(name -> !name.startsWith("grpc_server_"));
        return series;
    }

    /** Whether the second shows what the first does, but for what is left out, and little more. */
    static void compareFamilies(Exposition stock, Exposition ours) {
        SoftAssertions same = new SoftAssertions();
        stock.families().forEach((name, family) -> {
            if (LEFT_OUT.keySet().stream().noneMatch(name::startsWith)) {
                same.assertThat(ours.families().get(name)).as(name).isEqualTo(family);
            }
        });
        same.assertAll();
        Set<String> more = new TreeSet<>(ours.families().keySet());
        more.removeAll(stock.families().keySet());
        more.removeIf(name -> LEFT_OUT.keySet().stream().anyMatch(name::startsWith));
        assertThat(more).allMatch(name -> name.startsWith("jvm_") || name.startsWith("etcetera_"));
    }

    private static void use(GrpcClient client) {
        for (String key : List.of("a", "b", "a")) {
            client.kv().put(put(key).build());
        }
        client.kv().range(RangeRequest.newBuilder().setKey(bytes("a")).build());
        client.kv()
                .txn(TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder()
                                .setKey(bytes("a"))
                                .setTarget(Compare.CompareTarget.VERSION)
                                .setVersion(2))
                        .addSuccess(RequestOp.newBuilder().setRequestPut(put("c")))
                        .build());
        client.kv()
                .deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("b")).build());
        client.lease()
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build());
        client.lease().leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build());
        client.maintenance().hashKV(HashKVRequest.getDefaultInstance());
    }

    private static PutRequest.Builder put(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("value"));
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}

package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.ClusterProcesses;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.PrometheusProcess;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The metrics of two clusters of three, stock members and ours, one of which has been killed in each: as they are, and through the
 * eyes of a Prometheus that etcd's own dashboards and alerts ask.
 */
class ClusterMetricsIT {
    private static final String STOCK = "etcd-stock";
    private static final String OURS = "etcd-ours";
    private static final String ROUND_TRIPS = "etcd_network_peer_round_trip_time_seconds_count";
    private static final String DISCONNECTIONS = "etcd_network_disconnected_peers_total";
    private static final String SEND_FAILURES = "etcd_network_peer_sent_failures_total";

    /** The threshold of an alert; what is left of it has data also while there is no alarm. */
    private static final Pattern THRESHOLD = Pattern.compile("(.*\\S)\\s*(?:==|>=|<=|>|<)\\s*[0-9.]+");

    /** Whether there is a result depends on numbers, which are those of the moment. */
    private static final Pattern COMPARISON = Pattern.compile(" and | [<>] (\\(|etcd)");

    private static final Pattern SELECTOR = Pattern.compile("[a-z_]+\\{[^}]*}");

    @TempDir
    private Path directory;

    private ClusterProcesses stock;
    private ClusterProcesses ours;

    @BeforeEach
    void start() throws Exception {
        stock = cluster(Tools.stock("etcd"), directory.resolve("stock"));
        ours = cluster(Tools.ourEtcd(), directory.resolve("ours"));
    }

    @AfterEach
    void stop() {
        ours.close();
        stock.close();
    }

    private static ClusterProcesses cluster(Path program, Path home) throws IOException {
        return new ClusterProcesses(program, home, ClusterProcesses.freePorts(3), "--metrics=extensive");
    }

    @Test
    void areThoseOfEtcdAlsoForItsDashboardsAndAlerts() throws Exception {
        List<ClusterProcesses> clusters = List.of(stock, ours);
        for (ClusterProcesses cluster : clusters) {
            for (int i = 0; i < 3; i++) {
                cluster.launchNext();
            }
        }
        List<ServerProcess> leaders = new ArrayList<>();
        for (ClusterProcesses cluster : clusters) {
            cluster.awaitReady();
            leaders.add(leader(cluster));
        }
        for (ServerProcess leader : leaders) {
            use(leader);
            // Stock etcd shows round trips from its fifth second on.
            await(leader, shown -> seriesOf(shown, ROUND_TRIPS) == 2);
        }
        for (ClusterProcesses cluster : clusters) {
            follower(cluster, leaders).kill();
        }
        for (ServerProcess leader : leaders) {
            await(leader, shown -> seriesOf(shown, DISCONNECTIONS) >= 1 && seriesOf(shown, SEND_FAILURES) >= 1);
        }
        compare(
                Exposition.of(leaders.get(0).endpoint()),
                Exposition.of(leaders.get(1).endpoint()));
        watchWithPrometheus();
    }

    private static void use(ServerProcess member) {
        ByteString key = ByteString.copyFromUtf8("k");
        try (GrpcClient client = new GrpcClient(member)) {
            client.kv().put(PutRequest.newBuilder().setKey(key).build());
            client.kv().range(RangeRequest.newBuilder().setKey(key).build());
        }
    }

    /** What a member shows. */
    @FunctionalInterface
    private interface Condition {
        boolean holds(Exposition shown);
    }

    private static ServerProcess leader(ClusterProcesses cluster) throws Exception {
        List<ServerProcess> leading = new ArrayList<>();
        await("a leader", () -> {
            leading.clear();
            for (ServerProcess member : cluster.members()) {
                if (Exposition.of(member.endpoint()).values().getOrDefault("etcd_server_is_leader", 0.0) == 1) {
                    leading.add(member);
                }
            }
            return leading.size() == 1;
        });
        return leading.get(0);
    }

    private static ServerProcess follower(ClusterProcesses cluster, List<ServerProcess> leaders) {
        return cluster.members().stream()
                .filter(member -> !leaders.contains(member))
                .findFirst()
                .orElseThrow();
    }

    private static void await(ServerProcess member, Condition condition) throws Exception {
        await("metrics of " + member.dataDir(), () -> condition.holds(Exposition.of(member.endpoint())));
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited in vain for %s", what).isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    /** How many there are, without that of stock etcd for what no member has sent. */
    private static long seriesOf(Exposition shown, String name) {
        return shown.values().keySet().stream()
                .filter(series -> series.startsWith(name + "{") && !series.contains("From=\"0\""))
                .count();
    }

    private static void compare(Exposition ofStock, Exposition ofOurs) {
        MetricsIT.compareFamilies(ofStock, ofOurs);
        for (String name : List.of(
                ROUND_TRIPS,
                "etcd_network_active_peers",
                "etcd_network_known_peers",
                "etcd_network_peer_received_bytes_total",
                "etcd_network_peer_sent_bytes_total")) {
            assertThat(seriesOf(ofOurs, name)).as(name).isEqualTo(seriesOf(ofStock, name));
        }
    }

    private void watchWithPrometheus() throws Exception {
        List<String> expressions = Files.readAllLines(Tools.mixin()).stream()
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(expressions).hasSizeGreaterThan(30);
        Map<String, List<String>> jobs = Map.of(STOCK, endpoints(stock), OURS, endpoints(ours));
        try (PrometheusProcess prometheus =
                PrometheusProcess.launch(Tools.prometheus(), directory.resolve("prometheus"), jobs)) {
            // The members that are left have been looked at twice, so that there are rates.
            await(
                    "data of all members",
                    () -> prometheus
                                    .query("count_over_time(etcd_server_has_leader[1m]) > 2")
                                    .size()
                            == 4);
            SoftAssertions same = new SoftAssertions();
            for (String expression : expressions) {
                prometheus.query(ofJob(expression, OURS)); // throws if it is not understood
                for (String part : partsOf(expression)) {
                    compare(prometheus, part, same);
                }
            }
            same.assertAll();
        }
    }

    private static List<String> endpoints(ClusterProcesses cluster) {
        return cluster.members().stream().map(ServerProcess::endpoint).toList();
    }

    /** An expression without the threshold at its end, and all that it takes from the store of Prometheus. */
    private static Set<String> partsOf(String expression) {
        Set<String> parts = new LinkedHashSet<>();
        Matcher threshold = THRESHOLD.matcher(expression);
        if (threshold.matches()) {
            parts.add(threshold.group(1));
        } else {
            parts.add(expression);
        }
        parts.removeIf(part -> COMPARISON.matcher(part).find());
        SELECTOR.matcher(expression).results().forEach(selector -> parts.add(selector.group()));
        return parts;
    }

    private static void compare(PrometheusProcess prometheus, String expression, SoftAssertions same)
            throws IOException, InterruptedException {
        Set<String> expected = labels(prometheus.query(ofJob(expression, STOCK)));
        same.assertThat(labels(prometheus.query(ofJob(expression, OURS))))
                .as(expression)
                .isEqualTo(expected);
    }

    /** Names of the labels that results have; nothing if there are no results. */
    private static Set<String> labels(List<Map<String, Object>> results) {
        Set<String> labels = new TreeSet<>();
        results.forEach(series -> labels.add("a result with " + new TreeSet<>(series.keySet())));
        return labels;
    }

    private static String ofJob(String expression, String job) {
        return expression
                .replace("job=~\".*etcd.*\"", "job=~\"" + job + "\"")
                .replace("$cluster", job)
                .replace("$__rate_interval", "1m");
    }
}

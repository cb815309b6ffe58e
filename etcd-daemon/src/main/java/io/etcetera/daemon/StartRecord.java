package io.etcetera.daemon;

import io.etcetera.daemon.options.DiscoveryOptions;
import io.etcetera.daemon.options.FeatureGates;
import io.etcetera.daemon.options.HttpOptions;
import io.etcetera.daemon.options.Option;
import io.etcetera.daemon.options.Options;
import io.etcetera.daemon.options.Settings;
import io.etcetera.server.cluster.boot.InitialCluster;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** The record "starting an etcd server": all that was decided about this member, with etcd's fields in etcd's order. */
final class StartRecord {
    private static final long DEFAULT_QUOTA = 2L << 30;

    private final Settings settings;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private StartRecord(Settings settings) {
        this.settings = settings;
    }

    /** Logs it. */
    static void log(Logger logger, Settings settings, Build build, boolean initialized, Duration retention) {
        StartRecord record = new StartRecord(settings);
        record.process(build, initialized);
        record.member();
        record.limits();
        record.checks(retention);
        LoggingEventBuilder event = logger.atInfo();
        for (Map.Entry<String, Object> field : record.fields.entrySet()) {
            event = event.addKeyValue(field.getKey(), field.getValue());
        }
        event.log("starting an etcd server");
    }

    private void process(Build build, boolean initialized) {
        int processors = Runtime.getRuntime().availableProcessors();
        fields.put("etcd-version", build.etcdVersion());
        fields.put("git-sha", build.revision());
        fields.put("go-version", build.runtime());
        fields.put("go-os", build.os());
        fields.put("go-arch", build.architecture());
        fields.put("max-cpu-set", processors);
        fields.put("max-cpu-available", processors);
        fields.put("member-initialized", initialized);
    }

    private void member() {
        String walDir = settings.get(Options.WAL_DIR);
        same("name", "data-dir", "wal-dir");
        fields.put("wal-dir-dedicated", walDir);
        fields.put("member-dir", settings.get(Options.DATA_DIR) + "/member");
        same("force-new-cluster");
        fields.put("heartbeat-interval", Duration.ofMillis(settings.get(Options.HEARTBEAT_INTERVAL)));
        fields.put("election-timeout", Duration.ofMillis(settings.get(Options.ELECTION_TIMEOUT)));
        same(
                "initial-election-tick-advance",
                "snapshot-count",
                "max-wals",
                "max-snapshots",
                "snapshot-catchup-entries");
        same("initial-advertise-peer-urls", "listen-peer-urls", "advertise-client-urls", "listen-client-urls");
        same("listen-metrics-urls");
        fields.put("local-address", "");
        fields.put("cors", sorted(settings.get(HttpOptions.CORS)));
        fields.put("host-whitelist", sorted(settings.get(HttpOptions.HOST_WHITELIST)));
        boolean discovers = !settings.get(DiscoveryOptions.ENDPOINTS).isEmpty();
        fields.put(
                "initial-cluster",
                discovers
                        ? InitialCluster.ofOne(
                                settings.get(Options.NAME), settings.get(Options.INITIAL_ADVERTISE_PEER_URLS))
                        : settings.get(Options.INITIAL_CLUSTER));
        same("initial-cluster-state");
        renamed("initial-cluster-token", discovers ? "discovery-token" : "initial-cluster-token");
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    private void limits() {
        long quota = settings.get(Options.QUOTA_BACKEND_BYTES);
        fields.put("quota-backend-bytes", quota == 0 ? DEFAULT_QUOTA : quota);
        same("max-request-bytes", "max-concurrent-streams", "pre-vote", "feature-gates");
    }

    private void checks(Duration retention) {
        fields.put("initial-corrupt-check", false);
        renamed("corrupt-check-time-interval", "corrupt-check-time");
        renamed("compact-check-time-interval", "compact-hash-check-time");
        same("auto-compaction-mode");
        fields.put("auto-compaction-retention", retention);
        fields.put("auto-compaction-interval", retention);
        same("discovery-token");
        fields.put("discovery-endpoints", String.join(",", settings.get(DiscoveryOptions.ENDPOINTS)));
        same("discovery-dial-timeout", "discovery-request-timeout", "discovery-keepalive-time");
        same("discovery-keepalive-timeout", "discovery-insecure-transport", "discovery-insecure-skip-tls-verify");
        same("discovery-cert", "discovery-key", "discovery-cacert", "discovery-user");
        renamed("downgrade-check-interval", "downgrade-check-time");
        same("max-learners");
        fields.put("v2-deprecation", "write-only");
    }

    private void same(String... options) {
        for (String option : options) {
            renamed(option, option);
        }
    }

    private void renamed(String field, String name) {
        Option<?> option = Options.find(name);
        if (option == null) {
            throw new IllegalArgumentException("no option is called " + name);
        }
        Object value = settings.get(option);
        fields.put(field, value instanceof URI || value instanceof FeatureGates ? value.toString() : value);
    }
}

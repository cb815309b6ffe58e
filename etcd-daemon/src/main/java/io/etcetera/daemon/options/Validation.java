package io.etcetera.daemon.options;

import io.etcetera.server.EtcdConfig.CompactionMode;
import io.etcetera.server.cluster.boot.InitialCluster;
import io.etcetera.server.maintenance.CompactionRetention;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.GoDuration;
import io.etcetera.server.text.GoText;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills in what follows from other options, and checks all of them together, in etcd's order and with etcd's words. */
public final class Validation {
    static final String PRE_VOTE = "pre-vote";
    static final String DISCOVERY_FALLBACK = "discovery-fallback";
    public static final String ADVERTISE_MISSING =
            "--advertise-client-urls is required when --listen-client-urls is set explicitly";

    private static final long LONGEST_ELECTION_MILLIS = 50_000;
    private static final Logger LOG = LoggerFactory.getLogger(Validation.class);

    private Validation() {}

    /** Derives defaults from other options. The supplier finds the host of this machine's default route. */
    public static void complete(Settings settings, Supplier<Optional<String>> defaultHost) {
        String name = settings.get(Options.NAME);
        replaceAnyHost(settings, Options.LISTEN_CLIENT_URLS, Options.ADVERTISE_CLIENT_URLS, defaultHost);
        replaceAnyHost(settings, Options.LISTEN_PEER_URLS, Options.INITIAL_ADVERTISE_PEER_URLS, defaultHost);
        if (discovers(settings) && !settings.isGiven(Options.INITIAL_CLUSTER)) {
            settings.put(Options.INITIAL_CLUSTER, "");
        }
        if (!settings.isDefault(Options.NAME) && settings.isDefault(Options.INITIAL_CLUSTER)) {
            List<URI> urls = settings.get(Options.INITIAL_ADVERTISE_PEER_URLS);
            settings.put(Options.INITIAL_CLUSTER, InitialCluster.ofOne(name, urls));
        }
    }

    private static boolean discovers(Settings settings) {
        return !settings.isDefault(Options.DISCOVERY_SRV)
                || !settings.isDefault(Options.DISCOVERY_SRV_NAME)
                || !settings.isDefault(DiscoveryOptions.ENDPOINTS);
    }

    private static boolean isChanged(Settings settings, String name) {
        Option<?> option = Options.find(name);
        return option != null && !settings.isDefault(option);
    }

    /** Who listens everywhere and advertises the default would tell the others "localhost". */
    private static void replaceAnyHost(
            Settings settings,
            Option<List<URI>> listen,
            Option<List<URI>> advertise,
            Supplier<Optional<String>> defaultHost) {
        URI first = settings.get(listen).get(0);
        if (!settings.isDefault(advertise) || !EtcdUrls.host(first).equals("0.0.0.0")) {
            return;
        }
        defaultHost.get().ifPresent(host -> {
            LOG.atInfo().addKeyValue("host", host).log("detected default host for advertise");
            settings.put(advertise, List.of(URI.create(first.getScheme() + "://" + host + ":" + first.getPort())));
        });
    }

    /** Checks the options, and logs what is allowed but unwise. */
    public static void check(Settings settings) throws ConfigException {
        checkDiscovery(settings);
        refuseProxies(settings);
        checkBinding(settings.get(Options.LISTEN_PEER_URLS));
        checkBinding(settings.get(Options.LISTEN_CLIENT_URLS));
        checkBinding(settings.get(HttpOptions.LISTEN_CLIENT_HTTP_URLS));
        if (settings.get(HttpOptions.LISTEN_CLIENT_HTTP_URLS).isEmpty()) {
            LOG.warn("Running http and grpc server on single port. This is not recommended for production.");
        }
        checkBinding(settings.get(HttpOptions.LISTEN_METRICS_URLS));
        String state = settings.get(Options.INITIAL_CLUSTER_STATE);
        if (!state.equals("new") && !state.equals("existing")) {
            throw new ConfigException("unexpected clusterState " + GoText.quote(state));
        }
        checkTiming(settings);
        checkNotNegative(settings);
        checkCompaction(settings);
        TracingOptions.check(settings);
        checkConsistencyChecks(settings);
        if (settings.isDefault(Options.NAME)) {
            LOG.atWarn()
                    .addKeyValue("name", settings.get(Options.NAME))
                    .log("it isn't recommended to use default name, please set a value for --name. "
                            + "Note that etcd might run into issue when multiple members have the same default name");
        }
        TlsOptions.CLIENT.config(settings);
        TlsOptions.PEER.config(settings);
        if (isChanged(settings, PRE_VOTE)) {
            LOG.warn(
                    "--pre-vote=false has no effect: members ask the others before they call an election, so that one that"
                            + " comes back from a partition does not depose the leader");
        }
        warnOfDeprecated(settings, "max-snapshots", "is deprecated in 3.6 and will be decommissioned in 3.8.");
        warnOfDeprecated(
                settings,
                "v2-deprecation",
                "is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input.");
    }

    /** There is one place to learn of the first members from. */
    private static void checkDiscovery(Settings settings) throws ConfigException {
        long sources = Stream.of(
                        !settings.get(Options.INITIAL_CLUSTER).isEmpty(),
                        !settings.isDefault(Options.DISCOVERY_SRV),
                        !settings.isDefault(DiscoveryOptions.ENDPOINTS))
                .filter(set -> set)
                .count();
        if (sources > 1) {
            throw new ConfigException(
                    "multiple discovery or bootstrap flags are set. Choose one of \"initial-cluster\","
                            + " \"discovery-endpoints\" or \"discovery-srv\"");
        }
        DiscoveryOptions.check(settings);
    }

    private static void refuseProxies(Settings settings) throws ConfigException {
        for (Option<?> option : Options.table()) {
            if (option.name().equals(DISCOVERY_FALLBACK) && !settings.isDefault(option)) {
                throw new ConfigException(
                        "v2 proxy is deprecated, and --discovery-fallback can't be configured as \"proxy\"");
            }
        }
    }

    private static void checkBinding(List<URI> urls) throws ConfigException {
        for (URI url : urls) {
            String host = EtcdUrls.host(url);
            if (url.getScheme().startsWith("http") && !host.equals("localhost") && !EtcdUrls.isIpLiteral(host)) {
                throw new ConfigException("expected IP in URL for binding (" + url + ")");
            }
        }
    }

    private static void checkTiming(Settings settings) throws ConfigException {
        long heartbeat = settings.get(Options.HEARTBEAT_INTERVAL);
        long election = settings.get(Options.ELECTION_TIMEOUT);
        if (heartbeat == 0) {
            throw new ConfigException("--heartbeat-interval must be >0 (set to 0ms)");
        } else if (election == 0) {
            throw new ConfigException("--election-timeout must be >0 (set to 0ms)");
        } else if (heartbeat > election / 5) {
            throw new ConfigException("--election-timeout[" + election
                    + "ms] should be at least as 5 times as --heartbeat-interval[" + heartbeat + "ms]");
        } else if (election > LONGEST_ELECTION_MILLIS) {
            throw new ConfigException("--election-timeout[" + election + "ms] is too long, and should be set less than "
                    + LONGEST_ELECTION_MILLIS + "ms");
        }
    }

    /** etcd takes negative values here and then spins or panics; refusing them is kinder. */
    private static void checkNotNegative(Settings settings) throws ConfigException {
        for (Option<Duration> option : List.of(
                Options.BACKEND_BATCH_INTERVAL,
                Options.COMPACTION_SLEEP_INTERVAL,
                Options.CORRUPT_CHECK_TIME,
                Options.WATCH_PROGRESS_NOTIFY_INTERVAL,
                Options.GRPC_KEEPALIVE_MIN_TIME,
                Options.GRPC_KEEPALIVE_INTERVAL,
                Options.GRPC_KEEPALIVE_TIMEOUT)) {
            refuseNegative(option.name(), settings.get(option).isNegative(), GoDuration.format(settings.get(option)));
        }
        for (Option<Long> option : List.of(Options.BACKEND_BATCH_LIMIT, Options.COMPACTION_BATCH_LIMIT)) {
            refuseNegative(option.name(), settings.get(option) < 0, String.valueOf(settings.get(option)));
        }
    }

    private static void refuseNegative(String name, boolean negative, String text) throws ConfigException {
        if (negative) {
            throw new ConfigException("--" + name + " must be >=0 (set to " + text + ")");
        }
    }

    private static void checkConsistencyChecks(Settings settings) throws ConfigException {
        settings.get(Options.FEATURE_GATES).check();
        Duration compactions = settings.get(Options.COMPACT_HASH_CHECK_TIME);
        if (compactions.isZero() || compactions.isNegative()) {
            throw new ConfigException(
                    "--compact-hash-check-time must be >0 (set to " + GoDuration.format(compactions) + ")");
        }
    }

    private static void checkCompaction(Settings settings) throws ConfigException {
        String mode = settings.get(Options.AUTO_COMPACTION_MODE);
        if (mode.isEmpty()) {
            throw new ConfigException("undefined auto-compaction-mode");
        } else if (!mode.equals("periodic") && !mode.equals("revision")) {
            throw new ConfigException("unknown auto-compaction-mode " + GoText.quote(mode));
        }
    }

    private static void warnOfDeprecated(Settings settings, String name, String words) {
        Option<?> option = Options.find(name);
        if (option != null && settings.isGiven(option)) {
            LOG.warn("--{} {}", name, words);
        }
    }

    /**
     * The retention of automatic compaction: hours if a plain number counts time, nanoseconds standing for revisions otherwise,
     * which is how etcd prints it.
     *
     * @throws ConfigException with etcd's words if it cannot be read
     */
    public static Duration retention(Settings settings) throws ConfigException {
        CompactionMode mode = settings.get(Options.AUTO_COMPACTION_MODE).equals("periodic")
                ? CompactionMode.PERIODIC
                : CompactionMode.REVISION;
        try {
            return Duration.ofNanos(CompactionRetention.parse(mode, settings.get(Options.AUTO_COMPACTION_RETENTION))
                    .amount());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }
}

package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.CLUSTERING;
import static io.etcetera.daemon.options.Option.Section.FEATURES;
import static io.etcetera.daemon.options.Option.Section.HIDDEN;
import static io.etcetera.daemon.options.Option.Section.MEMBER;
import static io.etcetera.daemon.options.Option.Section.UNSAFE;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.daemon.options.Option.Section;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdConfig.CompactionMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one table of options. Flags, environment, configuration file and help are all read from it; the other classes
 * whose names end in {@code Options} hold their parts of it, {@link OptionsWithoutEffect} the flags of etcd that steer what is not here.
 */
public final class Options {
    /** Most that a size limit kept in an int can be: leaves room for the overhead that gRPC adds. */
    private static final long LARGEST_SIZE = Integer.MAX_VALUE - (1L << 20);

    private static final List<URI> CLIENT_URLS = List.of(URI.create("http://localhost:2379"));
    private static final List<URI> PEER_URLS = List.of(URI.create("http://localhost:2380"));

    private static final List<Option<?>> TABLE = new ArrayList<>();

    public static final Option<String> NAME = member(
            "name",
            OptionTypes.STRING,
            "default",
            EtcdConfig.Builder::name,
            "Name of this member, for people to read.");

    public static final Option<String> DATA_DIR = member(
            "data-dir",
            OptionTypes.STRING,
            "",
            (b, v) -> b.dataDir(Path.of(v)),
            "Directory that holds everything; '<name>.etcd' in the working directory if empty.");

    public static final Option<String> WAL_DIR = member(
            "wal-dir",
            OptionTypes.STRING,
            "",
            (b, v) -> b.walDir(v.isEmpty() ? null : Path.of(v)),
            "Directory of the log, if it is to be elsewhere.");

    static final Option<Long> SNAPSHOT_COUNT = member(
            "snapshot-count",
            OptionTypes.UINT64,
            10_000L,
            (b, v) -> b.snapshotCount(v == 0 ? 10_000 : v),
            "Entries applied between two cuts of the log.");

    public static final Option<Long> HEARTBEAT_INTERVAL = member(
            "heartbeat-interval",
            OptionTypes.UINT,
            100L,
            (b, v) -> b.heartbeatInterval(Duration.ofMillis(v)),
            "Milliseconds between two signs of life of the leader.");

    public static final Option<Long> ELECTION_TIMEOUT = member(
            "election-timeout",
            OptionTypes.UINT,
            1_000L,
            (b, v) -> b.electionTimeout(Duration.ofMillis(v)),
            "Milliseconds without a leader after which an election starts.");

    static final Option<Boolean> INITIAL_ELECTION_TICK_ADVANCE = member(
            "initial-election-tick-advance",
            OptionTypes.BOOL,
            true,
            EtcdConfig.Builder::initialElectionTickAdvance,
            "Call the first election as soon as a quorum is connected.");

    static final Option<List<URI>> LISTEN_PEER_URLS = member(
            "listen-peer-urls",
            OptionTypes.URLS,
            PEER_URLS,
            EtcdConfig.Builder::listenPeerUrls,
            "Comma-separated URLs where other members are served.");

    public static final Option<List<URI>> LISTEN_CLIENT_URLS = member(
            "listen-client-urls",
            OptionTypes.URLS,
            CLIENT_URLS,
            EtcdConfig.Builder::listenClientUrls,
            "Comma-separated URLs where clients are served.");

    public static final Option<Long> QUOTA_BACKEND_BYTES = member(
            "quota-backend-bytes",
            OptionTypes.INT64,
            0L,
            EtcdConfig.Builder::quotaBackendBytes,
            "Bytes that the store may take before writes are refused; 0 means 2 GiB, a negative number no limit.");

    static final Option<Duration> BACKEND_BATCH_INTERVAL = member(
            "backend-batch-interval",
            OptionTypes.DURATION,
            Duration.ZERO,
            (b, v) -> b.backendBatchInterval(v.isZero() ? Duration.ofMillis(100) : v),
            "Longest delay before writes are committed to the store; 0 means 100ms.");

    static final Option<Long> BACKEND_BATCH_LIMIT = member(
            "backend-batch-limit",
            OptionTypes.INT,
            0L,
            (b, v) -> b.backendBatchLimit(v == 0 ? 10_000 : toInt(v)),
            "Writes after which they are committed earlier; 0 means 10000.");

    static final Option<Long> MAX_TXN_OPS = member(
            "max-txn-ops",
            OptionTypes.UINT,
            128L,
            (b, v) -> b.maxTxnOps(toInt(v)),
            "Operations that one transaction may have.");

    static final Option<Long> MAX_REQUEST_BYTES = member(
            "max-request-bytes",
            OptionTypes.UINT,
            1_572_864L,
            (b, v) -> b.maxRequestBytes(toInt(v)),
            "Bytes that one request may have.");

    static final Option<Long> MAX_CONCURRENT_STREAMS = member(
            "max-concurrent-streams",
            OptionTypes.UINT32,
            0xFFFF_FFFFL,
            EtcdConfig.Builder::maxConcurrentStreams,
            "Streams that one client connection may have open.");

    static final Option<Duration> GRPC_KEEPALIVE_MIN_TIME = member(
            "grpc-keepalive-min-time",
            OptionTypes.DURATION,
            Duration.ofSeconds(5),
            EtcdConfig.Builder::grpcKeepAliveMinTime,
            "Shortest pause that a client must keep between pings.");

    static final Option<Duration> GRPC_KEEPALIVE_INTERVAL = member(
            "grpc-keepalive-interval",
            OptionTypes.DURATION,
            Duration.ofHours(2),
            EtcdConfig.Builder::grpcKeepAliveInterval,
            "How often an idle client connection is pinged; 0 is never.");

    static final Option<Duration> GRPC_KEEPALIVE_TIMEOUT = member(
            "grpc-keepalive-timeout",
            OptionTypes.DURATION,
            Duration.ofSeconds(20),
            EtcdConfig.Builder::grpcKeepAliveTimeout,
            "How long the answer to that ping is waited for; 0 is forever.");

    static final Option<Long> SNAPSHOT_CATCHUP_ENTRIES = add(
            "snapshot-catchup-entries",
            OptionTypes.UINT64,
            5_000L,
            FEATURES,
            (b, v) -> b.snapshotCatchUpEntries(v == 0 ? 5_000 : v),
            "Entries kept behind a cut of the log for slow followers.");

    public static final Option<List<URI>> INITIAL_ADVERTISE_PEER_URLS = cluster(
            "initial-advertise-peer-urls",
            OptionTypes.URLS,
            PEER_URLS,
            EtcdConfig.Builder::initialAdvertisePeerUrls,
            "Comma-separated URLs where the other members reach this one.");

    public static final Option<String> INITIAL_CLUSTER = cluster(
            "initial-cluster",
            OptionTypes.STRING,
            "default=http://localhost:2380",
            EtcdConfig.Builder::initialCluster,
            "Members of a new cluster, as name=url,name=url.");

    static final Option<String> INITIAL_CLUSTER_STATE = cluster(
            "initial-cluster-state",
            OptionTypes.oneOf("new", "existing"),
            "new",
            (b, v) -> b.initialClusterExisting(v.equals("existing")),
            "'new' to make a cluster, 'existing' to join one; without meaning after the first start.");

    static final Option<String> INITIAL_CLUSTER_TOKEN = cluster(
            "initial-cluster-token",
            OptionTypes.STRING,
            "etcd-cluster",
            EtcdConfig.Builder::initialClusterToken,
            "Keeps clusters apart that are made from the same URLs.");

    static final Option<Boolean> STRICT_RECONFIG_CHECK = cluster(
            "strict-reconfig-check",
            OptionTypes.BOOL,
            true,
            EtcdConfig.Builder::strictReconfigCheck,
            "Refuse changes of members that could cost the cluster its quorum.");

    static final Option<String> DISCOVERY_SRV = cluster(
            "discovery-srv",
            OptionTypes.STRING,
            "",
            EtcdConfig.Builder::discoverySrv,
            "Domain whose SRV records list the members of a new cluster.");

    static final Option<String> DISCOVERY_SRV_NAME = cluster(
            "discovery-srv-name",
            OptionTypes.STRING,
            "",
            EtcdConfig.Builder::discoverySrvName,
            "Suffix of the services' names in that domain.");

    public static final Option<List<URI>> ADVERTISE_CLIENT_URLS = cluster(
            "advertise-client-urls",
            OptionTypes.URLS,
            CLIENT_URLS,
            EtcdConfig.Builder::advertiseClientUrls,
            "Comma-separated URLs where clients reach this member.");

    static final Option<String> AUTO_COMPACTION_MODE = cluster(
            "auto-compaction-mode",
            OptionTypes.STRING,
            "periodic",
            (b, v) -> b.autoCompactionMode(v.equals("revision") ? CompactionMode.REVISION : CompactionMode.PERIODIC),
            "What auto-compaction-retention counts: 'periodic' is time, 'revision' is revisions.");

    static final Option<String> AUTO_COMPACTION_RETENTION = cluster(
            "auto-compaction-retention",
            OptionTypes.STRING,
            "0",
            EtcdConfig.Builder::autoCompactionRetention,
            "How much history is kept: hours or a duration such as 5m, or revisions; 0 keeps all.");

    static final Option<Long> COMPACTION_BATCH_LIMIT = feature(
            "compaction-batch-limit",
            OptionTypes.INT,
            0L,
            (b, v) -> b.compactionBatchLimit(v == 0 ? 1_000 : toInt(v)),
            "Revisions dropped in one step of a compaction; 0 means 1000.");

    static final Option<Duration> COMPACTION_SLEEP_INTERVAL = feature(
            "compaction-sleep-interval",
            OptionTypes.DURATION,
            Duration.ZERO,
            (b, v) -> b.compactionSleepInterval(v.isZero() ? Duration.ofMillis(10) : v),
            "Pause between two such steps; 0 means 10ms.");

    static final Option<FeatureGates> FEATURE_GATES = add(
            "feature-gates",
            FeatureGates.TYPE,
            FeatureGates.NONE,
            MEMBER,
            null,
            "Switches as name=true,name=false: CompactHashCheck, InitialCorruptCheck.");

    static final Option<Duration> CORRUPT_CHECK_TIME = add(
            "corrupt-check-time",
            OptionTypes.DURATION,
            Duration.ZERO,
            FEATURES,
            null,
            "How often the leader compares the stores of all members; 0 is never.");

    static final Option<Duration> COMPACT_HASH_CHECK_TIME = add(
            "compact-hash-check-time",
            OptionTypes.DURATION,
            Duration.ofMinutes(1),
            FEATURES,
            null,
            "How often the leader compares what compactions have hashed, with feature gate CompactHashCheck.");

    static final Option<Long> MAX_LEARNERS = feature(
            "max-learners",
            OptionTypes.INT,
            1L,
            (b, v) -> b.maxLearners(toInt(v)),
            "How many learners the cluster may have when one is added.");

    static final Option<Duration> WATCH_PROGRESS_NOTIFY_INTERVAL = feature(
            "watch-progress-notify-interval",
            OptionTypes.DURATION,
            Duration.ZERO,
            (b, v) -> b.watchProgressNotifyInterval(v.isZero() ? Duration.ofMinutes(10) : v),
            "How often an idle watch that asks for it is told the revision; 0 means 10m.");

    static final Option<Boolean> FORCE_NEW_CLUSTER = add(
            "force-new-cluster",
            OptionTypes.BOOL,
            false,
            UNSAFE,
            EtcdConfig.Builder::forceNewCluster,
            "Go on as the only member, with the data that there is: the others are gone for good.");

    static final Option<Boolean> UNSAFE_NO_FSYNC = add(
            "unsafe-no-fsync",
            OptionTypes.BOOL,
            false,
            UNSAFE,
            EtcdConfig.Builder::unsafeNoFsync,
            "Skip fsync: loses acknowledged writes when the machine crashes.");

    public static final Option<String> CONFIG_FILE = hidden("config-file", OptionTypes.STRING, "");

    public static final Option<Boolean> VERSION = hidden("version", OptionTypes.BOOL, false);

    private static final List<Option<?>> ALL = all();

    private static final Map<String, Option<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Option::name, option -> option));

    private Options() {}

    /** Every flag of etcd, in the order of the help: those that work first. */
    public static List<Option<?>> table() {
        return ALL;
    }

    /** The option whose flag this is, without dashes; null if there is none. */
    public static @Nullable Option<?> find(String name) {
        return BY_NAME.get(name);
    }

    private static List<Option<?>> all() {
        List<Option<?>> all = new ArrayList<>(TABLE);
        all.addAll(TlsOptions.table());
        all.addAll(HttpOptions.table());
        all.addAll(AuthOptions.table());
        all.addAll(MonitoringOptions.table());
        all.addAll(DiscoveryOptions.table());
        all.addAll(NetworkOptions.table());
        all.addAll(StorageOptions.table());
        all.addAll(LoggingOptions.table());
        all.addAll(TracingOptions.table());
        all.addAll(OptionsWithoutEffect.table());
        return List.copyOf(all);
    }

    private static int toInt(long value) {
        return (int) Math.max(Math.min(value, LARGEST_SIZE), Integer.MIN_VALUE);
    }

    private static <T> Option<T> member(
            String name, OptionType<T> type, T defaultValue, BiConsumer<EtcdConfig.Builder, T> setter, String help) {
        return add(name, type, defaultValue, MEMBER, setter, help);
    }

    private static <T> Option<T> cluster(
            String name, OptionType<T> type, T defaultValue, BiConsumer<EtcdConfig.Builder, T> setter, String help) {
        return add(name, type, defaultValue, CLUSTERING, setter, help);
    }

    private static <T> Option<T> feature(
            String name, OptionType<T> type, T defaultValue, BiConsumer<EtcdConfig.Builder, T> setter, String help) {
        return add(name, type, defaultValue, FEATURES, setter, help);
    }

    private static <T> Option<T> hidden(String name, OptionType<T> type, T defaultValue) {
        Option<T> option = new Option<>(name, type, defaultValue, null, BUILT, HIDDEN, "", null);
        TABLE.add(option);
        return option;
    }

    private static <T> Option<T> add(
            String name,
            OptionType<T> type,
            T defaultValue,
            Section section,
            @Nullable BiConsumer<EtcdConfig.Builder, T> setter,
            String help) {
        Option<T> option = new Option<>(name, type, defaultValue, name, BUILT, section, help, setter);
        TABLE.add(option);
        return option;
    }
}

package io.etcetera.daemon;

import io.etcetera.daemon.log.Levels;
import io.etcetera.daemon.options.AuthOptions;
import io.etcetera.daemon.options.ConfigException;
import io.etcetera.daemon.options.DiscoveryOptions;
import io.etcetera.daemon.options.FeatureGates;
import io.etcetera.daemon.options.HttpOptions;
import io.etcetera.daemon.options.MonitoringOptions;
import io.etcetera.daemon.options.NetworkOptions;
import io.etcetera.daemon.options.Options;
import io.etcetera.daemon.options.Settings;
import io.etcetera.daemon.options.StorageOptions;
import io.etcetera.daemon.options.TlsOptions;
import io.etcetera.daemon.options.TracingOptions;
import io.etcetera.daemon.options.Validation;
import io.etcetera.server.DiscoveryConfig;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdStartException;
import io.etcetera.server.MemberRemovedException;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.boot.DiscoveryException;
import io.etcetera.server.cluster.boot.InitialCluster;
import io.etcetera.server.text.EtcdUrls;
import io.etcetera.server.text.OsErrors;
import io.etcetera.server.tls.ListenerException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The member's part of a run: from options that have been checked to the exit status. Runs on one thread, which waits in it. */
final class MemberProcess {
    private static final Logger LOG = LoggerFactory.getLogger(MemberProcess.class);

    private final MemberStarter starter;
    private final InitDaemon initDaemon;
    private final BlockingQueue<Daemon.Stop> stops;
    private final Consumer<Signals.Kind> finish;
    private Runnable onClosed = () -> {};

    MemberProcess(
            MemberStarter starter,
            InitDaemon initDaemon,
            BlockingQueue<Daemon.Stop> stops,
            Consumer<Signals.Kind> finish) {
        this.starter = starter;
        this.initDaemon = initDaemon;
        this.stops = stops;
        this.finish = finish;
    }

    /** Starts the member, waits for a reason to stop, stops it, and answers the exit status. */
    int run(Settings settings) {
        if (settings.get(Options.DATA_DIR).isEmpty()) {
            settings.put(Options.DATA_DIR, defaultDataDir(settings));
            LOG.atWarn()
                    .addKeyValue("data-dir", settings.get(Options.DATA_DIR))
                    .log("'data-dir' was empty; using default");
        }
        Path directory = Path.of(settings.get(Options.DATA_DIR));
        DataDir.Kind kind;
        try {
            kind = DataDir.identify(directory);
        } catch (IOException e) {
            fatal().addKeyValue("dir", directory)
                    .addKeyValue("error", OsErrors.describe("readdirent", directory.toString(), e))
                    .log("failed to list data directory");
            return Daemon.FAILED;
        }
        switch (kind) {
            case MEMBER_AND_PROXY -> {
                fatal().log("invalid datadir; both member and proxy directories exist");
                return Daemon.FAILED;
            }
            case PROXY -> {
                LOG.atError().addMarker(Levels.PANIC_MARK).log("v2 http proxy has already been deprecated in 3.6");
                return Daemon.MISUSED;
            }
            case EMPTY -> found(directory, "empty", "Initialize and start etcd server");
            case MEMBER -> found(directory, "member", "server has already been initialized");
        }
        EtcdConfig config;
        try {
            config = prepare(settings, directory, kind == DataDir.Kind.MEMBER);
        } catch (ConfigException e) {
            return discoveryFailed(e);
        }
        return serve(config);
    }

    private static void found(Path directory, String kind, String message) {
        LOG.atInfo()
                .addKeyValue("data-dir", directory)
                .addKeyValue("dir-type", kind)
                .log(message);
    }

    static String defaultDataDir(Settings settings) {
        return settings.get(Options.NAME) + ".etcd";
    }

    /** What the settings, complete and checked, mean to a member. */
    static EtcdConfig.Builder builder(Settings settings) throws ConfigException {
        EtcdConfig.Builder builder = EtcdConfig.builder();
        Options.table().forEach(option -> option.applyTo(builder, settings));
        return builder.clientTls(TlsOptions.CLIENT.config(settings))
                .peerTls(TlsOptions.PEER.config(settings))
                .auth(AuthOptions.config(settings))
                .http(HttpOptions.config(settings))
                .consistencyChecks(FeatureGates.consistencyChecks(settings))
                .monitoring(MonitoringOptions.config(settings))
                .network(NetworkOptions.config(settings))
                .discovery(DiscoveryOptions.config(settings));
    }

    private EtcdConfig prepare(Settings settings, Path directory, boolean initialized) throws ConfigException {
        NetworkOptions.log(settings);
        Duration retention = Validation.retention(settings);
        StartRecord.log(LOG, settings, Build.current(), initialized, retention);
        EtcdConfig.Builder builder = builder(settings);
        TracingOptions.open(settings).ifPresent(tracing -> {
            onClosed = tracing::close;
            builder.monitoring(MonitoringOptions.config(settings).withCalls(tracing));
        });
        EtcdConfig config = builder.build();
        if (!initialized) {
            try {
                InitialCluster.check(config);
            } catch (ClusterConfigException e) {
                throw new ConfigException(e.getMessage());
            }
        }
        StorageOptions.lockMemory(settings);
        DataDir.prepare(directory);
        return config;
    }

    private int serve(EtcdConfig config) {
        RunningMember member;
        try {
            member = starter.start(config, cause -> stops.add(new Daemon.Stop.Failed(cause)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return discoveryFailed(e);
        } catch (EtcdStartException e) {
            if (e.getCause() instanceof DiscoveryException) {
                return tokenFailed(config.discovery(), e);
            }
            return e.getCause() instanceof ListenerException ? listenerFailed(e) : discoveryFailed(e);
        } catch (Exception e) {
            return discoveryFailed(e);
        }
        Signals.handle(kind -> stops.add(new Daemon.Stop.Signalled(kind)));
        logServing(member.clientUrls(), member.httpUrls().isEmpty() ? "grpc+http" : "grpc");
        logServing(member.httpUrls(), "http");
        initDaemon.notifyReady();
        OldGeneration.watch();
        Daemon.Stop reason = await();
        if (reason instanceof Daemon.Stop.Signalled signalled) {
            LOG.atInfo().addKeyValue("signal", signalled.kind().text).log("received signal; shutting down");
            close(member);
            finish.accept(signalled.kind());
            return Daemon.OK;
        }
        Throwable cause = ((Daemon.Stop.Failed) reason).cause();
        if (cause instanceof MemberRemovedException) {
            // Somebody wanted it so: no failure, and no reason to be started again.
            close(member);
            return Daemon.OK;
        }
        fatal().setCause(cause).log("the member failed and stops; what it has acknowledged is safe in its log");
        close(member);
        return Daemon.FAILED;
    }

    private void close(RunningMember member) {
        Closing.within(Closing.LIMIT, () -> {
            member.close();
            onClosed.run();
        });
    }

    private static void logServing(List<URI> urls, String traffic) {
        Set<String> ready = new HashSet<>();
        for (URI url : urls) {
            // Said once of an address, even if it is served both with TLS and without.
            if (ready.add(url.getRawAuthority())) {
                LOG.info("ready to serve client requests");
            }
            LOG.atInfo()
                    .addKeyValue("traffic", traffic)
                    .addKeyValue("address", EtcdUrls.boundAddress(url))
                    .log(
                            url.getScheme().endsWith("s")
                                    ? "serving client traffic securely"
                                    : "serving client traffic insecurely; this is strongly discouraged!");
        }
    }

    private Daemon.Stop await() {
        while (true) {
            try {
                return stops.take();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt the main thread; ending a member over it would be worse than going
                // on.
                LOG.warn("the main thread was interrupted and goes on");
            }
        }
    }

    private static int discoveryFailed(Exception e) {
        fatal().addKeyValue("error", Failures.describe(e)).log("discovery failed");
        return Daemon.FAILED;
    }

    private static int tokenFailed(DiscoveryConfig discovery, Exception e) {
        LOG.atWarn()
                .addKeyValue("discovery-token", discovery.token())
                .addKeyValue("discovery-endpoints", discovery.endpoints())
                .addKeyValue("error", e.getMessage())
                .log("failed to bootstrap; discovery token was already used");
        LOG.warn("do not reuse discovery token; generate a new one to bootstrap a cluster");
        return Daemon.FAILED;
    }

    private static int listenerFailed(Exception e) {
        fatal().addKeyValue("error", Failures.describe(e)).log("listener failed");
        return Daemon.FAILED;
    }

    private static LoggingEventBuilder fatal() {
        return LOG.atError().addMarker(Levels.FATAL_MARK);
    }
}

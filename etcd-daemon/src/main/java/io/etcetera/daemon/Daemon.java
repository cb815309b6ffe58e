package io.etcetera.daemon;

import io.etcetera.daemon.gateway.GatewayCommand;
import io.etcetera.daemon.log.Levels;
import io.etcetera.daemon.log.Logs;
import io.etcetera.daemon.options.ConfigException;
import io.etcetera.daemon.options.ConfigFile;
import io.etcetera.daemon.options.DefaultHost;
import io.etcetera.daemon.options.Environment;
import io.etcetera.daemon.options.FlagParser;
import io.etcetera.daemon.options.FlagSyntaxException;
import io.etcetera.daemon.options.LoggingOptions;
import io.etcetera.daemon.options.NetworkOptions;
import io.etcetera.daemon.options.Options;
import io.etcetera.daemon.options.Settings;
import io.etcetera.daemon.options.Usage;
import io.etcetera.daemon.options.Validation;
import io.etcetera.server.text.GoText;
import io.etcetera.server.text.OsErrors;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the process, from its arguments to its exit status. Runs on the thread that calls it, which waits there until a
 * signal comes or the member fails; both only put a word into the queue.
 */
public final class Daemon {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;

    private final MemberStarter starter;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    private final BlockingQueue<Stop> stops = new LinkedBlockingQueue<>();

    /** Why the process stops. */
    public sealed interface Stop {
        /** Somebody asked for it. */
        record Signalled(Signals.Kind kind) implements Stop {}

        /** The member failed. */
        record Failed(Throwable cause) implements Stop {}
    }

    public Daemon(MemberStarter starter, Map<String, String> environment, PrintStream out, PrintStream err) {
        this.starter = starter;
        this.environment = Map.copyOf(environment);
        this.out = out;
        this.err = err;
    }

    /** Loggers come after the answers that need none: setting up logging costs more than printing a version. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    }

    /** Asks this run to stop; may be called from any thread, at any time. */
    public void stop(Stop reason) {
        stops.add(reason);
    }

    /**
     * Runs to the end.
     *
     * @param arguments the command line, without the program's name
     * @param finish what to do when a signal stopped a member in good order
     * @return the exit status
     */
    public int run(List<String> arguments, Consumer<Signals.Kind> finish) {
        if (!arguments.isEmpty() && arguments.get(0).equals("gateway")) {
            return gateway(arguments, finish);
        } else if (!arguments.isEmpty() && arguments.get(0).equals("grpc-proxy")) {
            err.println("etcd grpc-proxy is left out of this server: clients speak with the members themselves");
            return FAILED;
        }
        Settings settings = new Settings();
        FlagParser.Outcome outcome;
        try {
            outcome = FlagParser.parse(arguments, settings);
        } catch (FlagSyntaxException e) {
            err.println(e.getMessage());
            err.print(Usage.forms());
            return MISUSED;
        }
        if (outcome.helpWanted()) {
            err.print(Usage.forms());
            out.print(Usage.flags());
            out.flush();
            return OK;
        }
        if (!outcome.positional().isEmpty()) {
            return refuse(arguments, GoText.quote(outcome.positional().get(0)) + " is not a valid flag");
        }
        if (settings.get(Options.VERSION)) {
            out.print(Build.current().text("etcd"));
            out.flush();
            return OK;
        }
        return configure(arguments, settings, finish);
    }

    private int gateway(List<String> arguments, Consumer<Signals.Kind> finish) {
        GatewayCommand command = new GatewayCommand(out, err, () -> {
            InitDaemon.in(environment).notifyReady();
            Signals.handle(kind -> stops.add(new Stop.Signalled(kind)));
            if (stops.take() instanceof Stop.Signalled signalled) {
                finish.accept(signalled.kind());
            }
        });
        try {
            return command.run(arguments);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int configure(List<String> arguments, Settings flags, Consumer<Signals.Kind> finish) {
        Settings settings = flags;
        try {
            String file = flags.get(Options.CONFIG_FILE);
            if (file.isEmpty()) {
                file = environment.getOrDefault(Options.CONFIG_FILE.environmentVariable(), "");
            }
            if (file.isEmpty()) {
                Environment.read(environment, settings);
                NetworkOptions.complete(settings);
            } else {
                settings = new Settings();
                ConfigFile.read(file, settings);
            }
            applyLogging(settings);
            Validation.complete(settings, DefaultHost::find);
            Validation.check(settings);
            if (file.isEmpty()) {
                checkAdvertised(settings);
            } else {
                Log.LOG
                        .atInfo()
                        .addKeyValue("path", file)
                        .log("loaded server configuration, other configuration command line flags and environment"
                                + " variables will be ignored if provided");
            }
        } catch (ConfigException e) {
            return refuse(arguments, String.valueOf(e.getMessage()));
        } catch (ConfigFile.BadUrlException e) {
            err.println(e.getMessage());
            return FAILED;
        } catch (Environment.ShadowedException e) {
            return FAILED;
        } catch (IllegalArgumentException e) {
            err.println("panic: " + e.getMessage());
            return MISUSED;
        }
        running(arguments);
        return new MemberProcess(starter, InitDaemon.in(environment), stops, finish).run(settings);
    }

    private static void checkAdvertised(Settings settings) throws ConfigException {
        if (settings.isGiven(Options.LISTEN_CLIENT_URLS) && !settings.isGiven(Options.ADVERTISE_CLIENT_URLS)) {
            throw new ConfigException(Validation.ADVERTISE_MISSING);
        }
    }

    private static void applyLogging(Settings settings) throws ConfigException {
        Logs.Plan plan = LoggingOptions.plan(settings);
        try {
            Logs.apply(plan);
        } catch (Logs.OutputException e) {
            throw new ConfigException(
                    "open sink " + GoText.quote(e.path()) + ": " + OsErrors.describe("open", e.path(), e.reason()));
        }
        if (plan.outputs().contains("systemd/journal")) {
            Log.LOG.warn("there is no writer for the journal; logging to stderr, which systemd passes on to it");
        }
    }

    private static void running(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("etcd"));
        command.addAll(arguments);
        Log.LOG.atInfo().addKeyValue("args", command).log("Running: ");
    }

    private static int refuse(List<String> arguments, String error) {
        Logs.showAtLeast(Levels.WARN);
        running(arguments);
        Log.LOG.atWarn().addKeyValue("error", error).log("failed to verify flags");
        if (error.equals(Validation.ADVERTISE_MISSING)) {
            Log.LOG.atWarn().addKeyValue("error", error).log("advertise client URLs are not set");
        }
        return FAILED;
    }
}

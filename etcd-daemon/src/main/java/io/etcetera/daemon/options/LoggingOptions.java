package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.LOGGING;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.daemon.log.Levels;
import io.etcetera.daemon.log.LogRotation;
import io.etcetera.daemon.log.Logs;
import io.etcetera.server.text.GoText;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The options about what is logged, how and where. They are checked before all others, since those are logged about. */
public final class LoggingOptions {
    static final Option<String> LOGGER =
            option("logger", OptionTypes.STRING, "zap", "Only 'zap', the name of etcd's log format.");

    public static final Option<List<String>> LOG_OUTPUTS = option(
            "log-outputs",
            OptionTypes.STRINGS,
            List.of("default"),
            "Comma-separated places to log to: 'stdout', 'stderr', 'systemd/journal' or paths; 'default' is stderr.");

    static final Option<String> LOG_LEVEL = option(
            "log-level",
            OptionTypes.STRING,
            "info",
            "Least level that is logged: debug, info, warn, error, panic or fatal.");

    static final Option<String> LOG_FORMAT = option("log-format", OptionTypes.STRING, "json", "'json' or 'console'.");

    static final Option<Boolean> ENABLE_LOG_ROTATION = option(
            "enable-log-rotation",
            OptionTypes.BOOL,
            false,
            "Begin a new file when the one in log-outputs has grown large, as log-rotation-config-json says.");

    static final Option<String> LOG_ROTATION_CONFIG_JSON = option(
            "log-rotation-config-json",
            OptionTypes.STRING,
            "{\"maxsize\": 100, \"maxage\": 0, \"maxbackups\": 0, \"localtime\": false, \"compress\": false}",
            "Size at which a file is put aside (megabytes), how long (days) and how many of such are kept (0: for ever, and all),"
                    + " whether local time is in their names, and whether they are compressed.");

    private static final Set<String> STREAMS = Set.of("default", "stderr", "stdout");

    private LoggingOptions() {}

    static List<Option<?>> table() {
        return List.of(LOGGER, LOG_OUTPUTS, LOG_LEVEL, LOG_FORMAT, ENABLE_LOG_ROTATION, LOG_ROTATION_CONFIG_JSON);
    }

    private static <T> Option<T> option(String name, OptionType<T> type, T defaultValue, String help) {
        return new Option<>(name, type, defaultValue, name, BUILT, LOGGING, help, null);
    }

    /** What the options come to. Checked in etcd's order, and with its words. */
    public static Logs.Plan plan(Settings settings) throws ConfigException {
        String logger = settings.get(LOGGER);
        if (logger.equals("capnslog")) {
            throw new ConfigException("--logger=capnslog is removed in v3.5");
        } else if (!logger.equals("zap")) {
            throw new ConfigException("unknown logger option " + GoText.quote(logger));
        }
        List<String> outputs = settings.get(LOG_OUTPUTS);
        if (outputs.isEmpty()) {
            outputs = List.of("default");
        } else if (outputs.contains("default") && outputs.size() > 1) {
            throw new ConfigException("multi logoutput for \"default\" is not supported yet");
        }
        Optional<LogRotation> rotation = rotation(settings, outputs);
        String format = settings.get(LOG_FORMAT);
        if (!format.equals("json") && !format.equals("console")) {
            throw new ConfigException("unknown log format: " + format + ", supported values json, console");
        }
        return new Logs.Plan(Levels.parse(settings.get(LOG_LEVEL)), format.equals("json"), outputs, rotation);
    }

    private static Optional<LogRotation> rotation(Settings settings, List<String> outputs) throws ConfigException {
        if (!settings.get(ENABLE_LOG_ROTATION)) {
            return Optional.empty();
        }
        long files =
                outputs.stream().filter(output -> !STREAMS.contains(output)).count();
        if (files > 1 || (files == 0 && outputs.size() == 1)) {
            throw new ConfigException(
                    "--log-outputs requires a single file path when --log-rotate-config-json is defined");
        }
        return Optional.of(RotationConfig.parse(settings.get(LOG_ROTATION_CONFIG_JSON)));
    }
}

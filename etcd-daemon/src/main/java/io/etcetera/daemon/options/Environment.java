package io.etcetera.daemon.options;

import io.etcetera.daemon.log.Levels;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoText;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code ETCD_*} variables for all options that the command line did not set. */
public final class Environment {
    private static final Logger LOG = LoggerFactory.getLogger(Environment.class);

    /** Options for the JVM, read by the launcher. */
    private static final String JAVA_OPTIONS = "ETCD_JAVA_OPTS";

    private Environment() {}

    /** A variable and a flag set the same option; the message has been logged. */
    public static final class ShadowedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Reads the variables into the settings and logs each one used or not understood.
     *
     * @throws ConfigException if a value cannot be read
     * @throws ShadowedException if a variable sets what a flag has set already
     */
    public static void read(Map<String, String> variables, Settings settings)
            throws ConfigException, ShadowedException {
        Map<String, String> left = new TreeMap<>(variables);
        left.keySet().removeIf(name -> !name.startsWith("ETCD_"));
        left.remove(JAVA_OPTIONS);
        String version = left.remove(Options.VERSION.environmentVariable());
        if (version != null && !version.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("key", Options.VERSION.environmentVariable())
                    .addKeyValue("value", version)
                    .log("cannot set special environment variable");
        }
        for (Option<?> option : Options.table().stream()
                .sorted(Comparator.comparing(Option::name))
                .toList()) {
            String variable = option.environmentVariable();
            String value = variables.get(variable);
            if (value == null || value.isEmpty() || option.equals(Options.VERSION)) {
                continue;
            }
            left.remove(variable);
            use(option, variable, value, settings);
        }
        left.forEach((name, value) -> LOG.atWarn()
                .addKeyValue("environment-variable", name + "=" + value)
                .log("unrecognized environment variable"));
    }

    private static void use(Option<?> option, String variable, String value, Settings settings)
            throws ConfigException, ShadowedException {
        if (settings.isGiven(option)) {
            LOG.atError()
                    .addMarker(Levels.FATAL_MARK)
                    .addKeyValue("environment-variable", variable)
                    .log("conflicting environment variable is shadowed by corresponding command-line flag"
                            + " (either unset environment variable or disable flag))");
            throw new ShadowedException();
        }
        try {
            settings.giveText(option, value);
        } catch (BadValueException e) {
            throw new ConfigException(
                    "invalid value " + GoText.quote(value) + " for " + variable + ": " + e.getMessage());
        }
        LOG.atInfo()
                .addKeyValue("variable-name", variable)
                .addKeyValue("variable-value", value)
                .log("recognized and used environment variable");
    }
}

package io.etcetera.daemon.options;

import io.etcetera.server.EtcdConfig;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One option of the process: its flag, its environment variable, its key in the configuration file, and what it sets.
 *
 * @param <T> the value in Java
 * @param name the flag, without dashes
 * @param type how values are read and printed
 * @param defaultValue the value if nothing sets it
 * @param yamlKey key in the file, dots for nesting; null if the file has none
 * @param standing what this version does with it
 * @param section heading of the help under which it stands
 * @param help one or more sentences for the help
 * @param setter carries the value into the member's configuration; null if only the process uses it
 */
public record Option<T>(
        String name,
        OptionType<T> type,
        T defaultValue,
        @Nullable String yamlKey,
        Standing standing,
        Section section,
        String help,
        @Nullable BiConsumer<EtcdConfig.Builder, T> setter) {

    /** What this version does with an option. */
    enum Standing {
        /** It works. */
        BUILT,
        /** It steers a part that this server does not have, so that any value is as good as another. */
        WITHOUT_EFFECT,
        /** A leftover of old releases of etcd: parses like a boolean, and is ignored. */
        IGNORED
    }

    /** Headings of the help. */
    enum Section {
        MEMBER("Member"),
        CLUSTERING("Clustering"),
        SECURITY("Security"),
        AUTH("Auth"),
        MONITORING("Profiling and Monitoring"),
        LOGGING("Logging"),
        TRACING("Distributed tracing"),
        FEATURES("Features"),
        UNSAFE("Unsafe feature"),
        /** Not shown. */
        HIDDEN("");

        final String title;

        Section(String title) {
            this.title = title;
        }
    }

    /** The environment variable that sets this option. */
    public String environmentVariable() {
        return "ETCD_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The default as the help prints it. */
    String defaultText() {
        return type.print().apply(defaultValue);
    }

    /** Hands the value to the member's configuration, if that knows this option. */
    public void applyTo(EtcdConfig.Builder builder, Settings settings) {
        if (setter != null) {
            setter.accept(builder, settings.get(this));
        }
    }
}

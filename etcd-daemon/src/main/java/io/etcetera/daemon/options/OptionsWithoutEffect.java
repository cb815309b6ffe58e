package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.CLUSTERING;
import static io.etcetera.daemon.options.Option.Section.FEATURES;
import static io.etcetera.daemon.options.Option.Section.HIDDEN;
import static io.etcetera.daemon.options.Option.Section.MEMBER;
import static io.etcetera.daemon.options.Option.Standing.IGNORED;
import static io.etcetera.daemon.options.Option.Standing.WITHOUT_EFFECT;
import static io.etcetera.daemon.options.OptionTypes.BOOL;
import static io.etcetera.daemon.options.OptionTypes.DURATION;
import static io.etcetera.daemon.options.OptionTypes.STRING;
import static io.etcetera.daemon.options.OptionTypes.UINT;

import io.etcetera.daemon.options.Option.Section;
import io.etcetera.daemon.options.Option.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of etcd's flags that this version takes and does not act on. Each is parsed like the others, and taken.
 */
final class OptionsWithoutEffect {
    private static final OptionType<String> ANYTHING = new OptionType<>("string", true, s -> s, node -> "", s -> s);

    private final List<Option<?>> table = new ArrayList<>();

    private OptionsWithoutEffect() {}

    static List<Option<?>> table() {
        OptionsWithoutEffect options = new OptionsWithoutEffect();
        options.member();
        options.clustering();
        options.features();
        options.ignored();
        return List.copyOf(options.table);
    }

    private void member() {
        add("max-snapshots", UINT, 5L, WITHOUT_EFFECT, MEMBER, "Deprecated. There are no snapshot files here.");
        add("max-wals", UINT, 5L, WITHOUT_EFFECT, MEMBER, "The log is cut by snapshot-count alone.");
        add("backend-bbolt-freelist-type", STRING, "", WITHOUT_EFFECT, MEMBER, "The store is not bbolt.");
    }

    private void clustering() {
        add(
                Validation.DISCOVERY_FALLBACK,
                OptionTypes.oneOf("exit", "proxy"),
                "exit",
                WITHOUT_EFFECT,
                CLUSTERING,
                "Only 'exit'.",
                null);
        add(
                Validation.PRE_VOTE,
                BOOL,
                true,
                WITHOUT_EFFECT,
                CLUSTERING,
                "Members ask before each election in any case.");
        add(
                "v2-deprecation",
                OptionTypes.oneOf("write-only", "write-only-skip-check", "write-only-drop-data", "gone"),
                "write-only",
                WITHOUT_EFFECT,
                CLUSTERING,
                "Deprecated. There never was a v2 store here.");
    }

    private void features() {
        add(
                "downgrade-check-time",
                DURATION,
                Duration.ofSeconds(5),
                WITHOUT_EFFECT,
                FEATURES,
                "No member of this server is ever an older one, so that a downgrade ends when it is cancelled.");
    }

    private void ignored() {
        for (String name : List.of(
                "cluster-active-size",
                "cluster-remove-delay",
                "cluster-sync-interval",
                "config",
                "force",
                "max-result-buffer",
                "max-retry-attempts",
                "peer-heartbeat-interval",
                "peer-election-timeout",
                "retry-interval",
                "snapshot",
                "v",
                "vv",
                "test.coverprofile",
                "test.outputdir")) {
            add(name, ANYTHING, "", IGNORED, HIDDEN, "", null);
        }
    }

    private <T> void add(
            String name, OptionType<T> type, T defaultValue, Standing standing, Section section, String help) {
        add(name, type, defaultValue, standing, section, help, name);
    }

    private <T> void add(
            String name,
            OptionType<T> type,
            T defaultValue,
            Standing standing,
            Section section,
            String help,
            @Nullable String yamlKey) {
        table.add(new Option<>(name, type, defaultValue, yamlKey, standing, section, help, null));
    }
}

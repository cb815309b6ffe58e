package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.FEATURES;
import static io.etcetera.daemon.options.Option.Section.MEMBER;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.mvcc.backend.ProcessMemory;
import io.etcetera.server.EtcdConfig;
import java.io.IOException;
import java.util.List;

/** The options of how the store is kept in memory and on disk. */
public final class StorageOptions {
    static final Option<Boolean> MEMORY_MLOCK = new Option<>(
            "memory-mlock",
            OptionTypes.BOOL,
            false,
            "memory-mlock",
            BUILT,
            MEMBER,
            "Keep this process's memory from being swapped out, the store's pages among it.",
            null);

    static final Option<Long> BOOTSTRAP_DEFRAG_THRESHOLD_MEGABYTES = new Option<>(
            "bootstrap-defrag-threshold-megabytes",
            OptionTypes.UINT,
            0L,
            "bootstrap-defrag-threshold-megabytes",
            BUILT,
            FEATURES,
            "Defragment the store at the start if that frees as many MiB; 0 is never.",
            EtcdConfig.Builder::bootstrapDefragThresholdMegabytes);

    private StorageOptions() {}

    static List<Option<?>> table() {
        return List.of(MEMORY_MLOCK, BOOTSTRAP_DEFRAG_THRESHOLD_MEGABYTES);
    }

    /**
     * Locks the memory of this process, if that is wanted.
     *
     * @throws ConfigException if the system refuses: who asks for it relies on it
     */
    public static void lockMemory(Settings settings) throws ConfigException {
        if (settings.get(MEMORY_MLOCK)) {
            try {
                ProcessMemory.lock();
            } catch (IOException e) {
                throw new ConfigException("--memory-mlock: " + e.getMessage());
            }
        }
    }
}

package io.etcetera.server.cluster.boot;

import io.etcetera.server.DiscoveryConfig;
import java.io.IOException;
import java.util.List;

/** The keys of the etcd cluster in which members of a new one find each other. One thread; all methods block. */
public interface DiscoveryService extends AutoCloseable {
    /** For a member that is not to find anybody: refuses. */
    Connector NONE = config -> {
        throw new IOException("no way to reach a discovery service");
    };

    /** Opens connections to the service. */
    @FunctionalInterface
    interface Connector {
        /**
         * Opens them, and logs in if that is configured.
         *
         * @throws IOException if files are no good, or the service lets nobody in under this name
         */
        DiscoveryService connect(DiscoveryConfig config) throws IOException, InterruptedException;
    }

    /** One key there. */
    record Entry(String key, String value, long createRevision) {}

    /**
     * Keys there.
     *
     * @param revision as of which this is what there is
     */
    record Entries(List<Entry> entries, long revision) {
        public Entries {
            entries = List.copyOf(entries);
        }
    }

    /**
     * One key, or nothing.
     *
     * @throws IOException if the service cannot be asked, or refuses
     */
    Entries get(String key) throws IOException, InterruptedException;

    /**
     * All keys that begin like this.
     *
     * @throws IOException as {@link #get}
     */
    Entries getAll(String prefix) throws IOException, InterruptedException;

    /**
     * Sets a key.
     *
     * @throws IOException as {@link #get}; the key may have been set all the same
     */
    void put(String key, String value) throws IOException, InterruptedException;

    /**
     * Returns once a key below the prefix has changed after a revision.
     *
     * @throws IOException if that cannot be learnt any more
     */
    void awaitChange(String prefix, long afterRevision) throws IOException, InterruptedException;

    @Override
    void close();
}

package io.etcetera.server.cluster;

import java.util.Optional;

/** Which versions the cluster is at, as applied on this member. Thread-safe. */
public interface VersionView {
    /** The version that all members can speak, such as {@code 3.7.0}; empty until the first leader has set it. */
    Optional<String> cluster();

    /** The version whose layout the store has, such as {@code 3.7.0}; empty until it is known. */
    Optional<String> storage();

    /** The way to an older version that the cluster is on. */
    Downgrade downgrade();

    /**
     * A way to an older version.
     *
     * @param enabled whether the cluster is on it
     * @param target such as {@code 3.6.0}; empty if it is not
     */
    record Downgrade(boolean enabled, String target) {
        /** The cluster is on no such way. */
        public static final Downgrade NONE = new Downgrade(false, "");
    }
}

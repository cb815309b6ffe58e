package io.etcetera.server.testing.cluster;

/** A member of a cluster under test, wherever it runs. One thread at a time starts and stops it. */
public interface Node {

    String name();

    /** Host and port where it serves clients, also while it does not run. */
    String endpoint();

    /** A connection to it that lives as long as the cluster, for any thread. */
    NodeClient client();

    /** Whether it has been started and not stopped since; it need not serve clients yet. */
    boolean isRunning();

    /** Begins to start it on whatever is in its directory. Does not wait until it serves clients: that can take others. */
    void start();

    /** Stops it as an operator would, and waits for the end. */
    void stop();

    /** Stops it without a chance to say goodbye, and waits for the end. */
    void kill();

    /** Empties its directory; only while it does not run. */
    void wipe();
}

package io.etcetera.testcontainers;

import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.lifecycle.Startable;

/** A cluster whose members run in containers. Data lasts from the first start until {@link #close()}. */
public interface EtcdCluster extends Startable {
    /** The token that keeps it apart from others. */
    String clusterName();

    /** Where clients outside of the containers reach the members; known once they have been started. */
    List<URI> clientEndpoints();

    /** Where the members' peer ports are reached from outside of the containers. */
    List<URI> peerEndpoints();

    /** The members. */
    List<EtcdContainer> containers();

    /**
     * Stops all members, waits, and starts them again with their data and their endpoints.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; the members stay down then
     */
    void restart(long delay, TimeUnit unit) throws InterruptedException;

    /** Stops all members, and drops their data. */
    @Override
    void close();
}

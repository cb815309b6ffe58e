package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.history.History;

/** Restarts one member after the other, as an operator does for an upgrade, while clients use them all. */
public final class RollingRestart {
    private RollingRestart() {}

    /**
     * Restarts each member once; returns what clients saw of it.
     *
     * @throws AssertionError if anything acknowledged is lost, or a client was told what cannot be
     */
    public static History of(Cluster cluster, long seed) {
        String freshKeys = "rolling" + cluster.awaitAgreement() + "/";
        try (Workload workload = new Workload(cluster, freshKeys, seed)) {
            for (Node node : cluster.nodes()) {
                node.stop();
                node.start();
                cluster.awaitServing();
            }
            Summary unusedSummary = workload.finish();
            long unusedRevision = cluster.awaitAgreement();
            return workload.history();
        }
    }
}

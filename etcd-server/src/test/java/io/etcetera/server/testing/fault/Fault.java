package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Cluster;
import java.util.Random;

/**
 * Something that can happen to a cluster.
 *
 * @param alone whether it needs a cluster that is whole otherwise
 */
public record Fault(String name, boolean alone, Strike strike) {

    /** Makes it happen. */
    @FunctionalInterface
    public interface Strike {
        /** Members that are down, and what is wrong with the network, are mended by whoever makes faults. */
        void strike(Cluster cluster, Workload workload, Random random);
    }

    /** One that may come together with others. */
    public static Fault of(String name, Strike strike) {
        return new Fault(name, false, strike);
    }

    /** One that needs a cluster that is whole otherwise. */
    public static Fault alone(String name, Strike strike) {
        return new Fault(name, true, strike);
    }
}

package io.etcetera.daemon.cluster;

import io.etcetera.daemon.testing.ProcessCluster;
import io.etcetera.daemon.testing.ProcessNode;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.fault.Fault;
import io.etcetera.server.testing.fault.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Faults of members that are processes. */
final class ProcessFaults {
    private ProcessFaults() {}

    /** All that can be made here. */
    static List<Fault> of(ProcessCluster cluster) {
        List<Fault> faults = new ArrayList<>(Faults.ofMembers());
        faults.addAll(Faults.ofNetwork(cluster));
        faults.addAll(Faults.ofOperation());
        faults.add(Fault.of(
                "pause a member",
                (all, workload, random) -> someone(all, random).pause()));
        faults.add(Fault.of("fill a disk", (all, workload, random) -> {
            boolean unused = someone(all, random).fillDisk();
        }));
        return faults;
    }

    private static ProcessNode someone(Cluster cluster, Random random) {
        return (ProcessNode) cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }
}

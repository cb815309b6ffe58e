package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ClusterProcesses;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock etcdctl gives the same output against three members of this server as against three of stock etcd. */
class EtcdctlClusterIT {
    private static final Path SESSIONS = Path.of("src", "test", "resources", "acceptance", "etcdctl-cluster");

    @TempDir
    Path directory;

    @Test
    void membersAreManagedAsThoseOfStockEtcd() throws Exception {
        EtcdctlSession session = EtcdctlSession.read(SESSIONS.resolve("members.sh"));
        List<String> expected = play(Tools.stock("etcd"), "stock", session);
        List<String> actual = play(Tools.ourEtcd(), "ours", session);
        for (int i = 0; i < session.blocks().size(); i++) {
            assertThat(actual.get(i)).as("$ %s", session.blocks().get(i)).isEqualTo(expected.get(i));
        }
    }

    private List<String> play(Path program, String name, EtcdctlSession session)
            throws IOException, InterruptedException {
        Path place = directory.resolve(name);
        try (ClusterProcesses cluster = ClusterProcesses.start(program, place, ClusterProcesses.freePorts(3))) {
            List<String> endpoints =
                    cluster.members().stream().map(ServerProcess::clientUrl).toList();
            return session.play(endpoints, place.resolve("work"), List.of());
        }
    }
}

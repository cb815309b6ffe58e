package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Node client {@code etcd3}: keys, watches, leases, transactions, locks and elections, as its users write them. */
class NodeClientIT {

    @Test
    void ordinaryUse(@TempDir Path directory) throws Exception {
        String modules = Tools.nodeModules().toString();
        String script = CaseList.file("/acceptance/node/client.js").toString();
        try (ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory.resolve("server"))) {
            String output = ServerProcess.run(
                    directory, List.of("NODE_PATH=" + modules), "node", script, String.valueOf(server.clientPort()));
            assertThat(output).isEqualTo("all good\n");
        }
    }
}

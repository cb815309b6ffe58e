package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python client {@code etcd3}: put, get, watch_prefix, lease, transaction, as its users write them. */
class PythonClientIT {

    @Test
    void ordinaryUse(@TempDir Path directory) throws Exception {
        Path script = CaseList.file("/acceptance/python/client.py");
        Path python = Tools.python();
        try (ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory.resolve("server"))) {
            String output = ServerProcess.run(
                    directory, List.of(), python.toString(), script.toString(), String.valueOf(server.clientPort()));
            assertThat(output).endsWith("all good\n");
        }
    }
}

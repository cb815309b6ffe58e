package io.etcetera.daemon.acceptance;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs scripts with stock tools on the path; {@code ours} and {@code stock} are the two offline tools there.
 *
 * @param work where they run
 */
record SnapshotShell(Path work) {

    /** What a script prints; {@code endpoint} is whom etcdctl asks. */
    String run(String endpoint, String script) throws IOException, InterruptedException {
        Path stock = Tools.stock("etcdctl").getParent();
        return ServerProcess.run(
                work,
                List.of(
                        "PATH=" + stock + ":" + System.getenv("PATH"),
                        "ETCDCTL_ENDPOINTS=" + endpoint,
                        "ETCDCTL_DIAL_TIMEOUT=60s",
                        "ETCDCTL_COMMAND_TIMEOUT=60s"),
                "sh",
                "-c",
                "ours=" + Tools.ourEtcd().resolveSibling("etcdutl") + "\nstock=" + stock + "/etcdutl\n" + script);
    }
}

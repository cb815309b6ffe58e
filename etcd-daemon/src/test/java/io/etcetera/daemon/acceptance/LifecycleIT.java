package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting and stopping, as an init system sees it. */
class LifecycleIT {
    private static final int SIGTERM_STATUS = 143;

    @Test
    void endsQuicklyOnSigterm(@TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory)) {
            assertThat(server.terminate()).as("milliseconds to stop").isLessThan(1_500);
            assertThat(server.awaitExit(0)).isEqualTo(SIGTERM_STATUS);
        }
    }

    @Test
    void keepsItsIdentityAcrossRestarts(@TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(Tools.ourEtcd(), directory);
                GrpcClient client = new GrpcClient(server)) {
            var before = client.maintenance()
                    .status(io.etcetera.proto.etcdserverpb.StatusRequest.getDefaultInstance())
                    .getHeader();
            server.terminate();
            server.restart();
            var after = client.maintenance()
                    .withWaitForReady()
                    .status(io.etcetera.proto.etcdserverpb.StatusRequest.getDefaultInstance())
                    .getHeader();
            assertThat(after.getMemberId()).isEqualTo(before.getMemberId());
            assertThat(after.getClusterId()).isEqualTo(before.getClusterId());
            assertThat(after.getRevision()).isEqualTo(before.getRevision());
        }
    }
}

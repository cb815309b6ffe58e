package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Flags about the process: its sockets, its memory, its start. */
@EnabledOnOs(OS.LINUX)
class MemberFlagsIT {
    @TempDir
    private Path directory;

    @Test
    void portsAreSharedIfBothMembersWantThat() throws Exception {
        String[] shared = {"--socket-reuse-port", "--socket-reuse-address", "--raft-read-timeout=1s", "--pre-vote=false"
        };
        try (ServerProcess first = ServerProcess.start(Tools.ourEtcd(), directory.resolve("first"), shared)) {
            assertThat(first.log())
                    .contains("\"msg\":\"configuring socket options\",\"reuse-address\":true,\"reuse-port\":true")
                    .contains("\"msg\":\"raft-read-timeout increased to minimum value: 5s\"")
                    .contains("\"msg\":\"--pre-vote=false has no effect")
                    .contains("\"pre-vote\":false");
            String port = "--listen-client-urls=http://" + first.endpoint();
            try (ServerProcess second =
                    ServerProcess.start(Tools.ourEtcd(), directory.resolve("second"), port, "--socket-reuse-port")) {
                assertThat(second.isAlive()).isTrue();
            }
            try (ServerProcess third = ServerProcess.launchOnly(Tools.ourEtcd(), directory.resolve("third"), port)) {
                assertThat(third.awaitExit(60)).isEqualTo(1);
                assertThat(third.log()).contains("bind: address already in use");
            }
        }
    }

    @Test
    void memoryIsLocked() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may lock memory everywhere");
        try (ServerProcess member = ServerProcess.start(
                Tools.ourEtcd(),
                directory.resolve("locked"),
                "--memory-mlock",
                "--bootstrap-defrag-threshold-megabytes=100")) {
            String locked = Files.readAllLines(Path.of("/proc", Long.toString(member.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmLck:"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Long.parseLong(locked.replaceAll("\\D", "")))
                    .as("KiB locked")
                    .isPositive();
            assertThat(member.log()).contains("\"msg\":\"Skipping defragmentation\"");
        }
    }
}

package io.etcetera.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.log.Logs;
import io.etcetera.daemon.options.LoggingOptions;
import io.etcetera.daemon.options.Settings;
import io.etcetera.daemon.testing.NotifySocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InitDaemonTest {
    @TempDir
    Path directory;

    private String logOf(InitDaemon daemon) throws Exception {
        Settings settings = new Settings();
        Path log = directory.resolve("log");
        settings.give(LoggingOptions.LOG_OUTPUTS, List.of(log.toString()));
        Logs.apply(LoggingOptions.plan(settings));
        daemon.notifyReady();
        return Files.readString(log);
    }

    @Test
    void isToldThatTheMemberServes() throws Exception {
        String path = directory.resolve("notify").toString();
        for (String name : List.of(path, "@" + UUID.randomUUID())) {
            try (NotifySocket socket = new NotifySocket(name)) {
                InitDaemon.in(Map.of("NOTIFY_SOCKET", name)).notifyReady();
                assertThat(socket.next()).as(name).isEqualTo("READY=1");
            }
        }
    }

    @Test
    void nobodyWantsToKnow() throws Exception {
        assertThat(logOf(InitDaemon.in(Map.of())))
                .contains("notifying init daemon", "successfully notified init daemon");
    }

    @Test
    void aFailureIsSaidInEtcdsWords() throws Exception {
        assertThat(logOf(new InitDaemon("/nonexist")))
                .contains("\"level\":\"error\"")
                .contains("\"msg\":\"failed to notify systemd for readiness\","
                        + "\"error\":\"dial unixgram /nonexist: connect: no such file or directory\"")
                .doesNotContain("successfully");
    }
}

package io.etcetera.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.MemberRemovedException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run around a member that is only told of: what is logged and when it is closed. */
final class MemberProcessTest {
    @TempDir
    Path directory;

    private final List<String> calls = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private final class FakeMember implements RunningMember {
        @Override
        public List<URI> clientUrls() {
            return List.of(URI.create("http://localhost:2379"), URI.create("http://0.0.0.0:2479"));
        }

        @Override
        public List<URI> httpUrls() {
            return List.of();
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    private interface Started {
        void started(Daemon daemon, Consumer<Throwable> onFailure) throws Exception;
    }

    private int run(Started started) {
        Daemon[] daemon = new Daemon[1];
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        MemberStarter starter = (EtcdConfig config, Consumer<Throwable> onFailure) -> {
            calls.add("start " + config.name());
            started.started(daemon[0], onFailure);
            return new FakeMember();
        };
        daemon[0] = new Daemon(starter, Map.of(), stream, stream);
        return daemon[0].run(
                List.of(
                        "--name=a",
                        "--data-dir=" + directory.resolve("d"),
                        "--log-outputs=" + directory.resolve("log")),
                kind -> calls.add("die " + kind));
    }

    private String log() throws Exception {
        return Files.readString(directory.resolve("log"));
    }

    @Test
    void stopsInOrderOnASignal() throws Exception {
        int status = run((daemon, onFailure) -> daemon.stop(new Daemon.Stop.Signalled(Signals.Kind.TERM)));

        assertThat(status).isZero();
        assertThat(calls).containsExactly("start a", "close", "die TERM");
        assertThat(log())
                .containsSubsequence(
                        "\"msg\":\"starting an etcd server\",\"etcd-version\":\"3.7.1\"",
                        "\"heartbeat-interval\":\"100ms\",\"election-timeout\":\"1s\"",
                        "\"snapshot-catchup-entries\":5000",
                        "\"initial-cluster\":\"a=http://localhost:2380\"",
                        "\"quota-backend-bytes\":2147483648",
                        "\"auto-compaction-retention\":\"0s\"",
                        "\"v2-deprecation\":\"write-only\"",
                        "\"msg\":\"ready to serve client requests\"}",
                        "\"msg\":\"serving client traffic insecurely; this is strongly discouraged!\","
                                + "\"traffic\":\"grpc+http\",\"address\":\"127.0.0.1:2379\"}",
                        "\"msg\":\"ready to serve client requests\"}",
                        "\"address\":\"[::]:2479\"}",
                        "\"msg\":\"received signal; shutting down\",\"signal\":\"terminated\"}");
    }

    @Test
    void endsWithAnErrorWhenTheMemberFails() throws Exception {
        int status = run((daemon, onFailure) -> onFailure.accept(new IllegalStateException("disk full")));

        assertThat(status).isEqualTo(1);
        assertThat(calls).containsExactly("start a", "close");
        assertThat(log()).contains("\"level\":\"fatal\"").contains("\"error\":\"disk full\"");
    }

    @Test
    void aMemberThatWasRemovedHasNotFailed() throws Exception {
        int status = run((daemon, onFailure) -> onFailure.accept(new MemberRemovedException()));

        assertThat(status).isZero();
        assertThat(calls).containsExactly("start a", "close");
        assertThat(log()).doesNotContain("\"level\":\"fatal\"");
    }

    @Test
    void saysWhyAMemberDoesNotStart() throws Exception {
        int status = run((daemon, onFailure) -> {
            throw new java.io.IOException("cannot serve", new java.net.BindException("address already in use"));
        });

        assertThat(status).isEqualTo(1);
        assertThat(calls).containsExactly("start a");
        assertThat(log())
                .contains("\"msg\":\"discovery failed\",\"error\":\"cannot serve: address already in use\"")
                .doesNotContain("ready to serve");
    }

    @Test
    void knowsADirectoryThatHasAMember() throws Exception {
        Files.createDirectories(directory.resolve("d").resolve("member"));
        run((daemon, onFailure) -> daemon.stop(new Daemon.Stop.Signalled(Signals.Kind.INT)));

        assertThat(log())
                .contains("\"msg\":\"server has already been initialized\"")
                .contains("\"member-initialized\":true")
                .contains("check file permission")
                .contains("\"signal\":\"interrupt\"");
    }
}

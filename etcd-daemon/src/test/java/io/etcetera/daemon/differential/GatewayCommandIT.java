package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code etcd gateway} prints, beside stock etcd's. */
class GatewayCommandIT {
    private static final List<String> LINES = List.of(
            "gateway",
            "gateway start --help",
            "gateway foo",
            "gateway start --bogus",
            "gateway start --retry-delay=x",
            "gateway start --endpoints=",
            "gateway start --endpoints=foo",
            "gateway start --listen-addr=foo",
            "gateway start --endpoints=http://127.0.0.1:23790",
            "gateway start --discovery-srv=nonexistent.invalid");

    @TempDir
    private Path directory;

    @Test
    void printsWhatEtcdPrints() throws Exception {
        Path stock = Tools.stock("etcd");
        SoftAssertions same = new SoftAssertions();
        for (String line : LINES) {
            same.assertThat(run(Tools.ourEtcd(), line)).as(line).isEqualTo(run(stock, line));
        }
        same.assertAll();
        assertThat(run(Tools.ourEtcd(), "gateway start --listen-addr=192.0.2.1:1"))
                .contains("listen tcp 192.0.2.1:1: bind: cannot assign requested address", "exit status 1");
    }

    /** Without the records of the log, which differ in time and place. */
    private String run(Path program, String line) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(line.split(" ")));
        return ServerProcess.run(directory, List.of(), command.toArray(String[]::new))
                .lines()
                .filter(printed -> !printed.startsWith("{"))
                .collect(Collectors.joining("\n"));
    }
}

package io.etcetera.daemon.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Docker of this machine, by its command line. */
public final class Docker {
    private static final Path HERE = Path.of(".");

    private Docker() {}

    /** Skips the test, saying what to do, where no Docker runs or images cannot be built. */
    public static void assumeItBuilds() throws IOException, InterruptedException {
        assumeTrue(
                succeeds("docker info >/dev/null 2>&1 && command -v busybox >/dev/null"),
                "no Docker runs here, or there is no busybox: run .ci/docker");
    }

    private static boolean succeeds(String script) throws IOException, InterruptedException {
        return ServerProcess.run(HERE, List.of(), "sh", "-c", script).isEmpty();
    }

    /** Runs a docker command, which has to succeed; answers the last line that it prints, or nothing. */
    public static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        return lastLine(ServerProcess.run(HERE, List.of(), command.toArray(String[]::new)));
    }

    /** Builds the image of the distribution with the Java of this test, and answers its name. */
    public static String buildImage() throws IOException, InterruptedException {
        Path script = Tools.dist().resolve("docker/build-image");
        return lastLine(
                ServerProcess.run(HERE, List.of("JAVA_HOME=" + System.getProperty("java.home")), script.toString()));
    }

    private static String lastLine(String output) {
        assertThat(output).doesNotContainPattern("exit status \\d+\n$");
        return output.lines().reduce("", (before, line) -> line);
    }
}

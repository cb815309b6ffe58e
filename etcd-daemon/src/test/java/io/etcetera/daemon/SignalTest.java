package io.etcetera.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a process that serves is ended by signals, and for want of memory. */
final class SignalTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    /** What is ignored is ignored when the process starts: SIGINT by shells for what they put into the background. */
    @ParameterizedTest
    @CsvSource({"TERM, 143, terminated, WINCH", "INT, 130, interrupt, WINCH", "INT, 130, interrupt, INT"})
    void endsByTheSignalAfterClosing(String signal, int status, String text, String ignored) throws Exception {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "trap '' $0 && exec \"$@\"",
                        ignored,
                        JAVA,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeMain.class.getName(),
                        "serve",
                        "--data-dir=" + directory.resolve("d"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var unusedBound = process.onExit()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly());
        StringBuilder log = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.append(line).append('\n');
                if (line.contains("serving client traffic insecurely")) {
                    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                            .start()
                            .waitFor();
                }
            }
        }
        assertThat(process.waitFor()).isEqualTo(status);
        assertThat(log.toString()).contains("\"msg\":\"received signal; shutting down\",\"signal\":\"" + text + "\"");
    }

    @Test
    void endsAtOnceAndNamesTheLimitWhenMemoryIsOut() throws Exception {
        ProcessRun run = ProcessRun.run(
                directory,
                java.util.Map.of(),
                java.util.List.of(
                        JAVA,
                        "-Xmx32m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:OnOutOfMemoryError="
                                + Path.of("src/main/dist/lib/out-of-memory.sh").toAbsolutePath() + " %p",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-DisplayVMOutput",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeMain.class.getName(),
                        "oom",
                        "--data-dir=d"));

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.lastError())
                .startsWith("{\"level\":\"fatal\",")
                .contains("\"error\":\"java.lang.OutOfMemoryError: Java heap space\"");
        assertThat(run.err().lines()).allMatch(line -> line.startsWith("{"));
        assertThat(run.out()).isEmpty();
    }
}

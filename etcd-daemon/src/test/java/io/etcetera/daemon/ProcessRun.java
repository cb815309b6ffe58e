package io.etcetera.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a process printed, and how it ended. */
record ProcessRun(int status, String out, String err) {
    private static final long LIMIT_SECONDS = 60;

    /** Runs the daemon on the class path of this test, in the directory, to its end. */
    static ProcessRun daemon(Path directory, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return run(directory, environment, command);
    }

    /** Runs a command in the directory to its end. Of the environment, only what starts with ETCD_ is replaced. */
    static ProcessRun run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(command + " did not end; stderr: " + Files.readString(err));
        }
        return new ProcessRun(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** The first line on stderr. */
    String firstError() {
        return err.lines().findFirst().orElse("");
    }

    /** The last line on stderr. */
    String lastError() {
        return err.lines().reduce("", (a, b) -> b);
    }
}

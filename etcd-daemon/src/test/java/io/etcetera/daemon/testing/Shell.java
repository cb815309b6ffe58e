package io.etcetera.daemon.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Small commands of the system, for what Java cannot ask of it. */
final class Shell {
    private Shell() {}

    /** Runs a command, split at spaces; fails if that does. */
    static void run(String command) {
        String unused = outputOf(command);
    }

    /** The same, for what it prints. */
    static String outputOf(String command) {
        Outcome outcome = outcome(command);
        if (outcome.status() != 0) {
            throw new AssertionError(command + ": status " + outcome.status() + ", " + outcome.output());
        }
        return outcome.output();
    }

    /** Whether a command, split at spaces, succeeds. */
    static boolean succeeds(String command) {
        return outcome(command).status() == 0;
    }

    private record Outcome(int status, String output) {}

    private static Outcome outcome(String command) {
        try {
            Process process = new ProcessBuilder(List.of(command.split(" ")))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted during " + command, e);
        }
    }
}

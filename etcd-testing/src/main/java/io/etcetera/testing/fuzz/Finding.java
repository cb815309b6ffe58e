package io.etcetera.testing.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A fault, with all that it takes to see it again. */
final class Finding {
    private static final int LONGEST_IN_MESSAGE = 1_024;
    private static final Path DIRECTORY = Path.of("target", "fuzz");

    private Finding() {}

    static AssertionError of(
            String name, long seed, long number, byte[] input, String what, @Nullable Throwable cause) {
        return new AssertionError(
                name + ": " + what + "; input " + number + " of seed " + seed + " (-Dfuzz.seed=" + seed + "), "
                        + input.length + " bytes: " + shown(name, seed, number, input),
                cause);
    }

    private static String shown(String name, long seed, long number, byte[] input) {
        if (input.length <= LONGEST_IN_MESSAGE) {
            return Base64.getEncoder().encodeToString(input);
        }
        try {
            Path file = DIRECTORY.resolve(name.replaceAll("\\W+", "-") + "_" + seed + "_" + number);
            Files.createDirectories(DIRECTORY);
            return Files.write(file, input).toAbsolutePath().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

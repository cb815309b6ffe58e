package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A compiled program of Go tests or examples, some of whose cases are run, each by itself. A case passes if the program says
 * that it ran and passed: one that skips itself, or does not exist, fails here.
 *
 * @param environment assignments {@code NAME=value}
 * @param arguments what the program is given beside the choice of a case
 */
record GoTests(Path program, Path workingDirectory, List<String> environment, List<String> arguments) {

    /** A test for each case, named as Go does: {@code TestKVPut/NoTLS}. */
    Stream<DynamicTest> of(List<String> cases) {
        return cases.stream().map(name -> DynamicTest.dynamicTest(name, () -> run(name)));
    }

    private void run(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(), "-test.v", "-test.count=1", "-test.timeout=90s", "-test.run=" + only(name)));
        command.addAll(arguments);
        String output = ServerProcess.run(workingDirectory, environment, command.toArray(String[]::new));
        assertThat(output)
                .containsPattern(Pattern.compile("^\\s*--- PASS: " + Pattern.quote(name) + " \\(", Pattern.MULTILINE))
                .doesNotContainPattern("(?m)^exit status");
    }

    /** The pattern that matches this case and no other, level by level. */
    private static String only(String name) {
        return Stream.of(name.split("/")).map(level -> "^\\Q" + level + "\\E$").collect(Collectors.joining("/"));
    }
}

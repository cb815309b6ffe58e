package io.etcetera.daemon.acceptance;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Blocks of shell commands with stock etcdctl, separated by blank lines in a file, that are run one after the other. What
 * differs between two servers by nature (IDs, terms, sizes) is masked in what they print.
 *
 * @param name of the file
 */
record EtcdctlSession(String name, List<String> blocks) {
    /**
     * What blocks may call for commands that do not end by themselves. {@code lines N FILE} waits until so many lines are in a file,
     * and a second more for those that should not be; {@code first N COMMAND} ends a command then, and prints what it has printed.
     * {@code insist PATTERN COMMAND} calls again as long as it is refused so, and prints the answer or the error.
     */
    private static final String FUNCTIONS = """
            lines() { until [ "$(cat "$2" | wc -l)" -ge "$1" ]; do sleep 0.1; done; sleep 1; }
            first() {
                output=$(mktemp); count=$1; shift
                "$@" > "$output" 2>&1 &
                lines "$count" "$output"; kill $!; { wait $!; } 2> /dev/null; cat "$output"; rm "$output"
            }
            insist() {
                pattern=$1; shift
                until "$@" > answer 2> refusal; do grep -q "$pattern" refusal || break; sleep 0.2; done
                cat answer; grep -o 'Error: .*' refusal
            }
            """;

    static EtcdctlSession read(Path file) throws IOException {
        String fileName = Objects.requireNonNull(file.getFileName()).toString();
        List<String> blocks = Stream.of(Files.readString(file).split("\n\\s*\n"))
                .filter(block -> block.lines().anyMatch(line -> !line.startsWith("#") && !line.isBlank()))
                .map(String::strip)
                .toList();
        return new EtcdctlSession(fileName.substring(0, fileName.lastIndexOf('.')), blocks);
    }

    /**
     * Runs it.
     *
     * @param endpoints of the server, as etcdctl is given them
     * @return what each block has printed, with {@code ENDPOINT} for each of those
     */
    List<String> play(List<String> endpoints, Path workingDirectory, List<String> extraEnvironment)
            throws IOException, InterruptedException {
        List<String> environment = new ArrayList<>(extraEnvironment);
        environment.add("PATH=" + Tools.stock("etcdctl").getParent() + ":" + System.getenv("PATH"));
        environment.add("ETCDCTL_ENDPOINTS=" + String.join(",", endpoints));
        // No command of a session is about these, and a busy machine is slow.
        environment.add("ETCDCTL_DIAL_TIMEOUT=60s");
        environment.add("ETCDCTL_COMMAND_TIMEOUT=60s");
        List<String> outputs = new ArrayList<>();
        Files.createDirectories(workingDirectory);
        for (String block : blocks) {
            String output = ServerProcess.run(workingDirectory, environment, "sh", "-c", FUNCTIONS + block);
            for (String endpoint : endpoints) {
                output = output.replace(endpoint, "ENDPOINT")
                        .replace(endpoint.replaceFirst("^https?://", ""), "ENDPOINT");
            }
            outputs.add(Masks.apply(output));
        }
        return outputs;
    }
}

package io.etcetera.daemon.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A unit file, as far as it says what to start: without quotes and continued lines.
 *
 * @param lines without comments and empty ones
 */
record SystemdUnit(List<String> lines) {
    SystemdUnit {
        lines = List.copyOf(lines);
    }

    /** What a setting is set to, each time it is. */
    List<String> values(String setting) {
        return lines.stream()
                .filter(line -> line.startsWith(setting + "="))
                .map(line -> line.substring(setting.length() + 1))
                .toList();
    }

    List<String> command() {
        return List.of(values("ExecStart").get(0).split(" ", -1));
    }

    /** The variables that the service gets, on a host of this name; those of files win. */
    Map<String, String> environment(String host) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        for (String assignments : values("Environment")) {
            for (String assignment : assignments.split(" ", -1)) {
                assign(assignment.replace("%H", host), environment);
            }
        }
        for (String file : values("EnvironmentFile")) {
            for (String line : Files.readAllLines(Path.of(file.startsWith("-") ? file.substring(1) : file))) {
                if (!line.startsWith("#")) {
                    assign(line, environment);
                }
            }
        }
        return environment;
    }

    private static void assign(String assignment, Map<String, String> environment) {
        int equals = assignment.indexOf('=');
        environment.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
}

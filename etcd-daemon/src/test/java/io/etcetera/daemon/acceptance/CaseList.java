package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Files of the tests: lists of cases, one to a line, beside comments that say what is left out and why. */
final class CaseList {
    private CaseList() {}

    /** The lines of a list that are neither blank nor a comment; at least one. */
    static List<String> read(String resource) throws IOException, URISyntaxException {
        try (Stream<String> lines = Files.lines(file(resource))) {
            List<String> cases = lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(String::strip)
                    .toList();
            assertThat(cases).as(resource).isNotEmpty().doesNotHaveDuplicates();
            return cases;
        }
    }

    /** A resource as a file, for programs that are not Java. */
    static Path file(String resource) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(CaseList.class.getResource(resource), resource)
                .toURI());
    }
}

package io.etcetera.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide shows what is compiled and run, and nothing else. */
class GuideTest {
    private static final Path GUIDE = Path.of("../docs/embedding.md");
    private static final Path EXAMPLES = Path.of("src/test/java/io/etcetera/examples");
    private static final Pattern BLOCK = Pattern.compile("(?:<!-- (\\S+) -->\n)?```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern REGION =
            Pattern.compile("^ *// guide (\\S+)\n(.*?)^ *// end$", Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void showsTheExamples() throws IOException {
        Map<String, String> shown = shown();
        assertThat(shown).isNotEmpty().isEqualTo(examples());
    }

    /** By the names in the comments before them. */
    private static Map<String, String> shown() throws IOException {
        Map<String, String> blocks = new TreeMap<>();
        Matcher block = BLOCK.matcher(Files.readString(GUIDE));
        while (block.find()) {
            assertThat(block.group(1)).as("the name of " + block.group(2)).isNotNull();
            blocks.put(block.group(1), block.group(2));
        }
        return blocks;
    }

    private static Map<String, String> examples() throws IOException {
        Map<String, String> regions = new TreeMap<>();
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file :
                    files.filter(path -> !path.endsWith("GuideTest.java")).toList()) {
                Matcher region = REGION.matcher(Files.readString(file));
                while (region.find()) {
                    regions.put(region.group(1), withoutMargin(region.group(2)));
                }
            }
        }
        return regions;
    }

    private static String withoutMargin(String code) {
        List<String> lines = new ArrayList<>(code.lines().toList());
        int margin = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        lines.replaceAll(line -> line.isBlank() ? "" : line.substring(margin));
        return String.join("\n", lines) + "\n";
    }
}

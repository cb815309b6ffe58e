package io.etcetera.server.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwapTest {
    @TempDir
    private Path directory;

    private List<Swap.Rename> prepare() throws IOException {
        Files.writeString(directory.resolve("name"), "old");
        Files.writeString(directory.resolve("new one"), "new");
        return List.of(
                new Swap.Rename(directory.resolve("name"), directory.resolve("kept")),
                new Swap.Rename(directory.resolve("new one"), directory.resolve("name")));
    }

    private void assertSwapped() throws IOException {
        assertThat(directory.resolve("name")).hasContent("new");
        assertThat(directory.resolve("kept")).hasContent("old");
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void namesChangePlaces() throws IOException {
        Swap.run(directory, prepare());
        assertSwapped();
        Swap.finish(directory);
        assertSwapped();
    }

    /** The machine stops after so many renames, and somebody else finishes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatWasBegunIsFinished(int done) throws IOException {
        List<Swap.Rename> renames = prepare();
        Swap.write(directory, renames);
        for (Swap.Rename rename : renames.subList(0, done)) {
            Files.move(rename.from(), rename.to());
        }
        Swap.finish(directory);
        assertSwapped();
    }
}

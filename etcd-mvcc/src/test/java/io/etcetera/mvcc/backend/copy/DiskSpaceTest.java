package io.etcetera.mvcc.backend.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
    @TempDir
    private Path directory;

    @Test
    void isFoundAsSoonAsTheFileIsThere() throws IOException {
        Path file = directory.resolve("store.mdb");
        DiskSpace space = new DiskSpace(file);
        assertThat(space.getAsLong()).isZero();

        Files.createFile(file);
        assertThat(space.getAsLong()).isPositive();

        Files.delete(file);
        assertThat(space.getAsLong()).isZero();
    }
}

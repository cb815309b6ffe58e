package io.etcetera.mvcc.backend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where LMDB's native code cannot be loaded, whoever starts a member is told so, and what to do. */
@Timeout(120)
class NativeLibraryTest {

    /** Opens a store twice, in a process of its own: what was loaded or not stays so. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) {
            for (int attempt = 0; attempt < 2; attempt++) {
                try (Backend backend = LmdbStore.open(Path.of(arguments[0]), BackendOptions.DEFAULT)) {
                    System.out.println("opened " + backend);
                } catch (StoreFailedException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dos.arch=s390x", "-Dlmdbjava.native.lib=/nowhere/liblmdb.so"})
    void whatIsMissingIsSaidAtEveryAttempt(String property, @TempDir Path directory)
            throws IOException, InterruptedException {
        Path file = directory.resolve("store.mdb");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        property,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines()
                        .filter(line -> line.contains("cannot open: the native library of LMDB cannot be loaded on")))
                .as(output)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .contains("store " + file)
                        .contains("-Dlmdbjava.native.lib")
                        .contains("-Djava.io.tmpdir"));
    }
}

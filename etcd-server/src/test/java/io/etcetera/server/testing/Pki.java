package io.etcetera.server.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** Certificates that openssl makes, in a directory of their own; {@code src/test/resources/pki/make.sh} says which. */
public final class Pki {
    private static final Path SCRIPT =
            Path.of("src", "test", "resources", "pki", "make.sh").toAbsolutePath();
    private static final long LIMIT_SECONDS = 300;

    private final Path directory;

    private Pki(Path directory) {
        this.directory = directory;
    }

    /** Makes them; skips the test if there is no openssl. */
    public static Pki in(Path directory) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", SCRIPT.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("make.log").toFile())
                .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("openssl takes too long");
        }
        Path log = directory.resolve("openssl.log");
        String said = Files.exists(log) ? Files.readString(log) : "";
        assumeTrue(!said.contains("openssl: not found"), "there is no openssl");
        if (process.exitValue() != 0) {
            throw new AssertionError("openssl failed: " + said);
        }
        return new Pki(directory);
    }

    public String file(String name) {
        return directory.resolve(name).toString();
    }

    public String crt(String name) {
        return file(name + ".crt");
    }

    public String key(String name) {
        return file(name + ".key");
    }

    /** Copies a certificate and its key over another. */
    public void replace(String name, String replacement) throws IOException {
        for (String kind : new String[] {".crt", ".key"}) {
            Files.copy(
                    directory.resolve(replacement + kind),
                    directory.resolve(name + kind),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Copies a file over another. */
    public void copy(String from, String to) throws IOException {
        Files.copy(directory.resolve(from), directory.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }
}

package io.etcetera.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged directory: what an operator starts. */
final class DistIT {
    private static final Path DIST = Path.of("target", "dist").toAbsolutePath();

    @TempDir
    Path directory;

    private ProcessRun run(Map<String, String> environment, Path program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(Arrays.asList(arguments));
        return ProcessRun.run(directory, environment, command);
    }

    @Test
    void runsThroughALinkAndFindsItsJava() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("etcd"), DIST.resolve("bin/etcd"));
        ProcessRun run = run(Map.of(), link, "--version");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("etcd Version: 3.7.1\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void keepsArgumentsAsTheyAre() throws Exception {
        ProcessRun run = run(Map.of("ETCD_JAVA_OPTS", "-Xmx128m -Dx=y"), DIST.resolve("bin/etcd"), "a b", "*", "--");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.firstError()).contains("\"args\":[\"etcd\",\"a b\",\"*\",\"--\"]");
    }

    @Test
    void saysWhatIsWrongWithJavaHome() throws Exception {
        ProcessRun run = run(Map.of("JAVA_HOME", directory.toString()), DIST.resolve("bin/etcd"), "--version");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("etcd: JAVA_HOME is " + directory + ", which is not a Java 17 or newer\n");
    }

    @Test
    void aJavaThatIsTooOldIsNotStarted() throws Exception {
        Path old = Files.createDirectories(directory.resolve("old/bin"));
        Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\necho started\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("old/release"), "JAVA_VERSION=\"1.8.0_412\"\n");
        ProcessRun run =
                run(Map.of("JAVA_HOME", directory.resolve("old").toString()), DIST.resolve("bin/etcd"), "--version");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("which is not a Java 17 or newer");
    }

    @Test
    void aSpoiledArchiveOfClassesIsPassedOver() throws Exception {
        Path copy = directory.resolve("copy");
        try (var paths = Files.walk(DIST)) {
            for (Path path : paths.toList()) {
                Files.copy(path, copy.resolve(DIST.relativize(path).toString()));
            }
        }
        try (var archives = Files.newDirectoryStream(copy.resolve("lib"), "*.{jsa,aot}")) {
            for (Path archive : archives) {
                Files.writeString(archive, "no archive");
            }
        }
        ProcessRun run = run(Map.of(), copy.resolve("bin/etcd"), "--version");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("etcd Version: 3.7.1\n");
    }

    @Test
    void theOfflineToolKnowsItsVersion() throws Exception {
        ProcessRun version = run(Map.of(), DIST.resolve("bin/etcdutl"), "version");
        assertThat(version.out()).isEqualTo("etcdutl version: 3.7.1\nAPI version: 3.7\n");
    }
}

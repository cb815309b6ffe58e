package io.etcetera.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** What a jar of ours has to be like to get along with everything else on somebody's class path or module path. */
public final class BuiltJar {
    private static final String OURS = "io.etcetera.";
    /** Of jraft's, and in protobuf's package since they use what is visible only there; relocated, they could not. */
    private static final Set<String> NOT_RELOCATED =
            Set.of("com.google.protobuf.BytesCarrier.class", "com.google.protobuf.ZeroByteStringHelper.class");

    /** Of the daemon: its log, before options are read. Does nothing unless one of the daemon's main classes was started. */
    private static final String LOG_OF_THE_DAEMON = "META-INF/services/ch.qos.logback.classic.spi.Configurator";

    private static final String SERVICES = "META-INF/services/";
    private static final String VERSIONS = "META-INF/versions/\\d+/";

    private BuiltJar() {}

    /** The one of a module in {@code directory}, which is called {@code <artifact>-<version>.jar}. */
    public static Path find(Path directory, String artifact) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().matches(artifact + "-\\d[^-]*(-SNAPSHOT)?\\.jar"))
                    .toList();
            assertThat(found).as("jars of %s in %s", artifact, directory).hasSize(1);
            return found.get(0);
        }
    }

    /**
     * Checks a jar.
     *
     * @param moduleName that others may require, now and when the jar has a descriptor one day
     */
    public static void check(Path file, String moduleName) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .as("module name of %s", file)
                    .isEqualTo(moduleName);
            List<String> names = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();
            // What is relocated incompletely would be found before, or instead of, what the host has.
            assertThat(names.stream()
                            .map(name -> name.replaceFirst(VERSIONS, ""))
                            .filter(name -> name.endsWith(".class"))
                            .map(name -> name.replace('/', '.'))
                            .filter(name -> !NOT_RELOCATED.contains(name)))
                    .as("classes in %s", file)
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(name).startsWith(OURS));
            // A provider of a name resolver, a load balancer or a log would change what the host's gRPC and logging do.
            assertThat(names.stream()
                            .filter(name -> name.startsWith(SERVICES))
                            .filter(name ->
                                    !(moduleName.equals("io.etcetera.daemon") && name.equals(LOG_OF_THE_DAEMON))))
                    .as("services in %s", file)
                    .allSatisfy(name -> assertThat(name).startsWith(SERVICES + OURS));
        }
    }
}

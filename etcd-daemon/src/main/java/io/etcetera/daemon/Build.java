package io.etcetera.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this program is.
 *
 * @param etcdVersion the version of etcd that it is compatible with
 * @param revision which build of Etcetera it is
 * @param runtime the Java that runs it
 * @param os the operating system, as Go names it
 * @param architecture the processor, as Go names it
 */
record Build(String etcdVersion, String revision, String runtime, String os, String architecture) {
    /** This build, on this JVM. */
    static Build current() {
        String os = System.getProperty("os.name", "").toLowerCase(java.util.Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        return new Build(
                "3.7.1",
                "Etcetera " + ownVersion(),
                "java" + System.getProperty("java.version", ""),
                os,
                arch.equals("aarch64") ? "arm64" : arch);
    }

    /** What {@code --version} prints: the layout that tools parse. */
    String text(String program) {
        return program + " Version: " + etcdVersion + "\nGit SHA: " + revision + "\nGo Version: " + runtime
                + "\nGo OS/Arch: " + os + "/" + architecture + "\n";
    }

    private static String ownVersion() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}

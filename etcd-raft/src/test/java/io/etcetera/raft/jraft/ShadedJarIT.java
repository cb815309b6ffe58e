package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.etcetera.raft.RaftNode;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Runs a member on the jar as it is published: with protobuf and slf4j beside it, and nothing else. */
class ShadedJarIT {
    @TempDir
    Path directory;

    @Test
    void aMemberRunsOnTheJarAlone() throws Exception {
        URL jar = locationOf(RaftNode.class);
        assertThat(jar.getPath()).endsWith(".jar");
        URL[] classPath = {jar, locationOf(ShadedJarIT.class), locationOf(Message.class), locationOf(Logger.class)};
        try (URLClassLoader alone = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> alone.loadClass("com.alipay.sofa.jraft.Node"))
                    .isInstanceOf(ClassNotFoundException.class);
            alone.loadClass("io.etcetera.raft.internal.jraft.Node");

            Object applied = alone.loadClass(ShadedJarCheck.class.getName())
                    .getMethod("restartAndCount", Path.class)
                    .invoke(null, directory);
            assertThat(applied).isEqualTo(2 * ShadedJarCheck.PUTS);
        }
    }

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}

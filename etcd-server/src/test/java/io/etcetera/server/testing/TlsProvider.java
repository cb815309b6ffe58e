package io.etcetera.server.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.ssl.OpenSsl;
import java.util.Locale;

/** Who does the TLS of the client ports of members; for the whole JVM. */
public enum TlsProvider {
    JDK,
    BORINGSSL;

    private static final String PROPERTY = "etcetera.tls.provider";

    /** For what is started from now on; skips the test if this machine has no such thing. */
    public void use() {
        assumeTrue(this == JDK || OpenSsl.isAvailable(), "there is no netty-tcnative for this platform");
        System.setProperty(PROPERTY, name().toLowerCase(Locale.ROOT));
    }

    /** Whichever there is, as without a test. */
    public static void useAny() {
        System.clearProperty(PROPERTY);
    }
}

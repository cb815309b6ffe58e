package io.etcetera.server.tls;

import io.etcetera.server.text.GoText;
import io.netty.handler.ssl.OpenSsl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Chooses who does the TLS of a port that many connect to: BoringSSL, by Netty's {@code netty-tcnative-boringssl-static}, where that is on
 * the class path and loads; the JDK otherwise. It loads with the first port that asks, and not before: who serves without TLS
 * never has it.
 */
final class NativeCode {
    /** {@code jdk} for the JDK; {@code boringssl} for nothing else than BoringSSL; empty for whichever there is. */
    static final String PROPERTY = "etcetera.tls.provider";

    private static final String ABSENT = "netty-tcnative-boringssl-static is not on the class path";

    private static final Logger log = LoggerFactory.getLogger(NativeCode.class);

    private NativeCode() {}

    /**
     * Whether to use it for some terms; logs which it is, and why.
     *
     * @throws TlsMaterialException if it is asked for and cannot be used, or the property has no meaning
     */
    static boolean isToBeUsed(PortTerms terms) throws TlsMaterialException {
        String asked = System.getProperty(PROPERTY, "");
        switch (asked) {
            case "jdk" -> {
                log.info("TLS of clients by the JDK, as {} says", PROPERTY);
                return false;
            }
            case "", "boringssl" -> {
                Optional<String> obstacle = obstacle(terms);
                if (obstacle.isPresent() && !asked.isEmpty()) {
                    throw new TlsMaterialException(PROPERTY + " is boringssl: " + obstacle.get());
                }
                obstacle.ifPresentOrElse(NativeCode::logObstacle, () -> log.info("TLS of clients by BoringSSL"));
                return obstacle.isEmpty();
            }
            default ->
                throw new TlsMaterialException(
                        PROPERTY + " is " + GoText.quote(asked) + " (must be one of: jdk, boringssl)");
        }
    }

    private static void logObstacle(String obstacle) {
        // Whoever embeds a member need not have it.
        log.atLevel(obstacle.equals(ABSENT) ? Level.INFO : Level.WARN)
                .addKeyValue("reason", obstacle)
                .log("TLS of clients by the JDK");
    }

    private static Optional<String> obstacle(PortTerms terms) throws TlsMaterialException {
        if (!OpenSsl.isAvailable()) {
            @Nullable Throwable cause = OpenSsl.unavailabilityCause();
            log.atDebug().setCause(cause).log("netty-tcnative cannot be used");
            return Optional.of(reason(cause));
        } else if (!OpenSsl.versionString().startsWith("BoringSSL")) {
            return Optional.of("netty-tcnative brings " + OpenSsl.versionString());
        } else if (terms.cipherSuites().isEmpty()) {
            return Optional.empty();
        }
        return CipherSuites.lacking(terms.cipherSuites(), OpenSsl.availableJavaCipherSuites(), CipherSuites.ofJdk())
                .map(suite -> "it has no " + suite);
    }

    /** The innermost of the failures says what there is to do: that of the first file name, if several were tried. */
    private static String reason(@Nullable Throwable failure) {
        if (failure instanceof ClassNotFoundException) {
            return ABSENT;
        }
        String reason = "";
        for (@Nullable Throwable inner = failure; inner != null; inner = innerOf(inner)) {
            reason = inner.getMessage() == null ? inner.toString() : inner.getMessage();
        }
        return reason;
    }

    private static @Nullable Throwable innerOf(Throwable failure) {
        Throwable[] tried = failure.getSuppressed();
        return failure.getCause() == null && tried.length > 0 ? tried[0] : failure.getCause();
    }
}

package io.etcetera.server.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a handshake failed, in the words that Go has for it as far as Java and BoringSSL tell the cases apart. */
final class HandshakeErrors {
    static final String EOF = "EOF";

    /** Begins BoringSSL's own words, which come from one list of codes. */
    private static final String NATIVE = "OPENSSL_internal";

    /** In Java's words, and in BoringSSL's. */
    private static final Pattern ALERT =
            Pattern.compile(".*(?:Received fatal alert: |" + NATIVE + ":(?:SSLV3|TLSV1)_ALERT_)(?<name>[A-Za-z_]+).*");

    /** What BoringSSL says of a first record that is none, among them some that it recognizes. */
    private static final Pattern NO_RECORD =
            Pattern.compile(".*" + NATIVE + ":(?:WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST).*");

    /** What clients say who cannot use the certificate that they have: most of them the one, Java the other. */
    private static final Set<String> GIVING_UP = Set.of("HANDSHAKE_FAILURE", "INTERNAL_ERROR");

    private static final Map<String, String> ALERTS = Map.of(
            "unknown_ca", "unknown certificate authority",
            "certificate_unknown", "unknown certificate",
            "certificate_expired", "expired certificate",
            "certificate_revoked", "revoked certificate",
            "protocol_version", "protocol version not supported",
            "decrypt_error", "error decrypting message",
            "decode_error", "error decoding message");

    private HandshakeErrors() {}

    static String describe(Throwable failure, HandshakeRecord handshake) {
        if (handshake.refusal().isPresent()) {
            return handshake.refusal().get();
        }
        if (failure instanceof NotSslRecordException
                || NO_RECORD.matcher(message(failure)).matches()) {
            return "tls: first record does not look like a TLS handshake";
        }
        if (failure instanceof SslHandshakeTimeoutException) {
            return "read tcp " + handshake.local() + "->" + handshake.remote() + ": i/o timeout";
        }
        if (wasClosed(failure)) {
            return EOF;
        }
        String message = message(failure);
        if (isOfTheNetwork(failure)) {
            String reason = message.toLowerCase(Locale.ROOT).contains("reset") ? "connection reset by peer" : message;
            return "read tcp " + handshake.local() + "->" + handshake.remote() + ": read: " + reason;
        }
        Matcher alert = ALERT.matcher(message);
        if (alert.matches()) {
            String name = alert.group("name").toLowerCase(Locale.ROOT);
            return "remote error: tls: " + ALERTS.getOrDefault(name, name.replace('_', ' '));
        }
        return "tls: " + ofOurs(message);
    }

    /**
     * Whether it may have been BoringSSL that did not like something, and not one of our rules. Clients with a key that
     * BoringSSL does not take show no certificate, or end the handshake themselves, some without a word. Who leaves once it has
     * said all of its part only did not wait for the end of ours.
     */
    static boolean isOfNativeCode(Throwable failure, HandshakeRecord handshake) {
        if (handshake.refusal().isPresent()) {
            return false;
        }
        if (wasClosed(failure) || isOfTheNetwork(failure)) {
            return handshake.isBegun() && !handshake.hasSaidAll();
        }
        String message = message(failure);
        if (!message.contains(NATIVE) || NO_RECORD.matcher(message).matches()) {
            return false;
        }
        Matcher alert = ALERT.matcher(message);
        return !alert.matches() || GIVING_UP.contains(alert.group("name"));
    }

    private static boolean isOfTheNetwork(Throwable failure) {
        return failure instanceof IOException && !(failure instanceof SSLException);
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** Java's words and BoringSSL's for what they do not like themselves. */
    private static String ofOurs(String message) {
        if (containsAny(
                message, "Empty client certificate chain", "null cert chain", "PEER_DID_NOT_RETURN_A_CERTIFICATE")) {
            return "client didn't provide a certificate";
        } else if (containsAny(message, "no cipher suites in common", "NO_SHARED_CIPHER")) {
            return "no cipher suite supported by both client and server";
        } else if (containsAny(message, "protocol version", "requested protocol", "UNSUPPORTED_PROTOCOL")) {
            return "client offered only unsupported versions";
        }
        return message;
    }

    private static boolean containsAny(String message, String... parts) {
        return Stream.of(parts).anyMatch(message::contains);
    }

    private static boolean wasClosed(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedChannelException) {
                return true;
            }
        }
        return String.valueOf(failure.getMessage()).startsWith("Connection closed while SSL/TLS handshake");
    }
}

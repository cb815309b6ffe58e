package io.etcetera.server.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a handshake failed, in the words that Go has for it as far as Java tells the cases apart. */
final class HandshakeErrors {
    static final String EOF = "EOF";

    private static final Pattern ALERT = Pattern.compile(".*Received fatal alert: ([a-z_]+).*");
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
        if (failure instanceof NotSslRecordException) {
            return "tls: first record does not look like a TLS handshake";
        }
        if (failure instanceof SslHandshakeTimeoutException) {
            return "read tcp " + handshake.local() + "->" + handshake.remote() + ": i/o timeout";
        }
        if (wasClosed(failure)) {
            return EOF;
        }
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        if (failure instanceof IOException && !(failure instanceof SSLException)) {
            String reason = message.toLowerCase(Locale.ROOT).contains("reset") ? "connection reset by peer" : message;
            return "read tcp " + handshake.local() + "->" + handshake.remote() + ": read: " + reason;
        }
        Matcher alert = ALERT.matcher(message);
        if (alert.matches()) {
            String name = alert.group(1);
            return "remote error: tls: " + ALERTS.getOrDefault(name, name.replace('_', ' '));
        }
        return "tls: " + ofOurs(message);
    }

    /** Java's words for what it does not like itself. */
    private static String ofOurs(String message) {
        if (message.contains("Empty client certificate chain") || message.contains("null cert chain")) {
            return "client didn't provide a certificate";
        } else if (message.contains("no cipher suites in common")) {
            return "no cipher suite supported by both client and server";
        } else if (message.contains("protocol version") || message.contains("requested protocol")) {
            return "client offered only unsupported versions";
        }
        return message;
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

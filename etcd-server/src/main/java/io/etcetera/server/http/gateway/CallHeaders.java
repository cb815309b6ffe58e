package io.etcetera.server.http.gateway;

import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.text.JsonFormatException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the headers of an HTTP request become in the call: those that HTTP itself knows get a prefix, those with gRPC's
 * prefix lose it, and a user's token is found under its own name, too.
 */
final class CallHeaders {
    private static final String GRPC_PREFIX = "grpc-metadata-";
    private static final String HTTP_PREFIX = "grpcgateway-";
    private static final String BINARY_SUFFIX = "-bin";
    private static final Set<String> OF_HTTP = Set.of(
            "accept",
            "accept-charset",
            "accept-language",
            "accept-ranges",
            "authorization",
            "cache-control",
            "content-type",
            "cookie",
            "date",
            "expect",
            "from",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-schedule-tag-match",
            "if-unmodified-since",
            "max-forwards",
            "origin",
            "pragma",
            "referer",
            "user-agent",
            "via",
            "warning");

    private static final Pattern VALID_NAME = Pattern.compile("[0-9a-z._-]+");
    private static final Pattern VALID_VALUE = Pattern.compile("[ -~]*");
    private static final Pattern TIMEOUT = Pattern.compile("([0-9]{1,8})([HMSmun])");

    private CallHeaders() {}

    static Metadata metadata(List<Map.Entry<String, String>> headers) {
        Metadata metadata = new Metadata();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            String value = header.getValue();
            if (VALID_VALUE.matcher(value).matches()) {
                if (name.equals("authorization")) {
                    put(metadata, name, value);
                }
                nameInCall(name).ifPresent(other -> put(metadata, other, value));
            }
        }
        return metadata;
    }

    /** None of the services reads binary metadata: it is left out. */
    private static Optional<String> nameInCall(String name) {
        if (OF_HTTP.contains(name)) {
            return Optional.of(HTTP_PREFIX + name);
        }
        return name.startsWith(GRPC_PREFIX) && !name.endsWith(BINARY_SUFFIX)
                ? Optional.of(name.substring(GRPC_PREFIX.length()))
                        .filter(inner -> VALID_NAME.matcher(inner).matches())
                : Optional.empty();
    }

    private static void put(Metadata metadata, String name, String value) {
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    /**
     * How long the call may take, in nanoseconds, if the client limits that.
     *
     * @throws JsonFormatException if that cannot be read
     */
    static OptionalLong timeoutNanos(HttpRequest request) throws JsonFormatException {
        Optional<String> header = request.header("Grpc-Timeout");
        if (header.isEmpty()) {
            return OptionalLong.empty();
        }
        Matcher timeout = TIMEOUT.matcher(header.get());
        if (!timeout.matches()) {
            throw new JsonFormatException("invalid grpc-timeout: " + header.get());
        }
        long nanosPerUnit = switch (timeout.group(2)) {
            case "H" -> 3_600_000_000_000L;
            case "M" -> 60_000_000_000L;
            case "S" -> 1_000_000_000L;
            case "m" -> 1_000_000L;
            case "u" -> 1_000L;
            default -> 1L;
        };
        long amount = Long.parseLong(timeout.group(1));
        return OptionalLong.of(amount > Long.MAX_VALUE / nanosPerUnit ? Long.MAX_VALUE : amount * nanosPerUnit);
    }

    /** What a request with bad headers or a bad body is answered. */
    static Status invalid(JsonFormatException e) {
        return Status.INVALID_ARGUMENT.withDescription(e.getMessage());
    }
}

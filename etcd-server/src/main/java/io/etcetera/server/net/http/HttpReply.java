package io.etcetera.server.net.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer to an HTTP request.
 *
 * @param headers in the order in which they are sent; length, date and connection are added
 */
public record HttpReply(int status, Map<String, String> headers, byte[] body) {
    private static final String CONTENT_TYPE = "Content-Type";

    /** An answer of the given type. */
    public static HttpReply of(int status, String contentType, byte[] body) {
        return new HttpReply(status, Map.of(CONTENT_TYPE, contentType), body);
    }

    /** An answer of the given type. */
    public static HttpReply of(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer without a body. */
    public static HttpReply empty(int status) {
        return new HttpReply(status, Map.of(), new byte[0]);
    }

    /** An error as Go's servers send it: one line of text that no browser is to take for anything else. */
    public static HttpReply error(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text + "\n").with("X-Content-Type-Options", "nosniff");
    }

    /** What is not there. */
    public static HttpReply notFound() {
        return error(404, "404 page not found");
    }

    /** What may be asked for in another way only. */
    public static HttpReply methodNotAllowed(String allowed) {
        return error(405, "Method Not Allowed").with("Allow", allowed);
    }

    /** The same with another header. */
    public HttpReply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpReply(status, more, body);
    }
}

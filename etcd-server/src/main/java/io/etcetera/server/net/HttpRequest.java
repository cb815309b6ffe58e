package io.etcetera.server.net;

import java.util.Optional;
import java.util.function.Function;

/**
 * A whole HTTP/1.1 request.
 *
 * @param method in upper case, as sent
 * @param path of the URL, decoded, without the query
 * @param headers gives the first value of a header, whatever the case of its name
 * @param body the request's own
 */
public record HttpRequest(String method, String path, Function<String, Optional<String>> headers, byte[] body) {

    public Optional<String> header(String name) {
        return headers.apply(name);
    }
}

package io.etcetera.server.net.http;

import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole HTTP/1.1 request.
 *
 * @param method in upper case, as sent
 * @param path of the URL, decoded, without the query
 * @param query the URL's parameters, decoded, in order
 * @param headers names and values as sent, in order
 * @param body the request's own
 * @param tls the client's certificates, its own first; none if it showed none; absent if the connection is not encrypted
 */
public record HttpRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        List<Map.Entry<String, String>> headers,
        byte[] body,
        Optional<List<Certificate>> tls) {

    /** The first value of a header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The values of a parameter in the URL. */
    public List<String> parameters(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** The same request for another path. */
    public HttpRequest withPath(String other) {
        return new HttpRequest(method, other, query, headers, body, tls);
    }
}

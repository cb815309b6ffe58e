package io.etcetera.server.transport.http;

import io.etcetera.server.net.DialAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A GET request to another member.
 *
 * @param path such as {@code /members}
 * @param headers beside those that every request has
 * @param body empty for none; some of etcd's requests have one although they are GET
 */
record HttpQuestion(DialAddress address, String path, Map<String, String> headers, String body) {
    /**
     * What came back.
     *
     * @param headers by their names in lower case; of several with one name, the first
     */
    record Answer(int status, Map<String, String> headers, String text) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    static HttpQuestion get(DialAddress address, String path) {
        return new HttpQuestion(address, path, Map.of(), "");
    }

    HttpQuestion with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new HttpQuestion(address, path, more, body);
    }

    HttpQuestion with(String newBody) {
        return new HttpQuestion(address, path, headers, newBody);
    }
}

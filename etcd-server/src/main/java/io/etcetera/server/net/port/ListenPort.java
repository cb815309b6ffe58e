package io.etcetera.server.net.port;

import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.tls.ServerTls;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One address to listen at: with TLS, without, or, if there is a URL of either kind for it, as each client
 * likes.
 *
 * @param urls that stand for this address; at least one
 * @param tls what connections begin with, if there is any
 * @param plainToo serve clients that do not speak TLS all the same
 */
public record ListenPort(List<ListenAddress> urls, Optional<ServerTls> tls, boolean plainToo) {

    /**
     * The ports of some URLs.
     *
     * @throws IOException naming the URL, if one of them cannot be listened on
     */
    public static List<ListenPort> of(List<URI> urls, Optional<ServerTls> tls) throws IOException {
        Map<String, List<ListenAddress>> addresses = new LinkedHashMap<>();
        for (URI url : urls) {
            ListenAddress address = ListenAddress.of(url, tls.isPresent());
            addresses.computeIfAbsent(address.key(), key -> new ArrayList<>()).add(address);
        }
        return addresses.values().stream()
                .map(sharing -> new ListenPort(
                        List.copyOf(sharing),
                        sharing.stream().anyMatch(ListenAddress::isSecure) ? tls : Optional.empty(),
                        !sharing.stream().allMatch(ListenAddress::isSecure)))
                .toList();
    }

    public ListenAddress address() {
        return urls.get(0);
    }
}

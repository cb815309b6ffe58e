package io.etcetera.server.rpc;

import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.net.TlsNegotiator;
import io.etcetera.server.tls.ServerTls;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.InternalNettyServerCredentials;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One address where clients are served: with TLS, without, or, if there is a URL of either kind for it, as each client
 * likes.
 *
 * @param urls that stand for this address; at least one
 * @param credentials how connections begin
 */
record ClientPort(List<ListenAddress> urls, ServerCredentials credentials) {

    /**
     * The ports of some URLs.
     *
     * @throws IOException naming the URL, if one of them cannot be listened on
     */
    static List<ClientPort> of(List<URI> urls, Optional<ServerTls> tls) throws IOException {
        Map<String, List<ListenAddress>> addresses = new LinkedHashMap<>();
        for (URI url : urls) {
            ListenAddress address = ListenAddress.of(url, tls.isPresent());
            addresses
                    .computeIfAbsent(url.getRawAuthority(), authority -> new ArrayList<>())
                    .add(address);
        }
        return addresses.values().stream()
                .map(sharing -> new ClientPort(List.copyOf(sharing), credentials(sharing, tls)))
                .toList();
    }

    private static ServerCredentials credentials(List<ListenAddress> sharing, Optional<ServerTls> tls) {
        if (tls.isEmpty() || sharing.stream().noneMatch(ListenAddress::isSecure)) {
            return InsecureServerCredentials.create();
        }
        boolean plainToo = !sharing.stream().allMatch(ListenAddress::isSecure);
        return InternalNettyServerCredentials.create(new TlsNegotiator(tls.get(), plainToo));
    }

    ListenAddress address() {
        return urls.get(0);
    }
}

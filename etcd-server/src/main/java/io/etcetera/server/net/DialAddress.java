package io.etcetera.server.net;

import io.etcetera.server.text.EtcdUrls;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where another member is: at a host and port, or at a unix socket.
 *
 * @param url of the other member, as its cluster knows it
 * @param socket empty for http and https
 */
public record DialAddress(URI url, Optional<DomainSocketAddress> socket) {
    /**
     * Reads a URL; looks nothing up. Unix sockets can be reached on Linux only.
     *
     * @throws IllegalArgumentException if it leads nowhere
     */
    public static DialAddress of(String text) {
        URI url = URI.create(text);
        String scheme = String.valueOf(url.getScheme());
        if (List.of("unix", "unixs").contains(scheme) && Epoll.isAvailable()) {
            return new DialAddress(url, Optional.of(ListenAddress.socketOf(url)));
        } else if (List.of("http", "https").contains(scheme) && url.getHost() != null && url.getPort() >= 0) {
            return new DialAddress(url, Optional.empty());
        }
        throw new IllegalArgumentException("cannot dial " + text);
    }

    /** Whether it is reached with TLS. */
    public boolean isSecure() {
        return url.getScheme().endsWith("s");
    }

    /** The name that the other member's certificate has to be for. */
    public String host() {
        String host = EtcdUrls.host(url);
        return host.isEmpty() ? "localhost" : host;
    }

    /**
     * Looks the host up, which may take long; of several addresses, the first counts.
     *
     * @throws IOException if nobody knows it
     */
    public SocketAddress lookUp() throws IOException {
        if (socket.isPresent()) {
            return socket.get();
        }
        InetSocketAddress address = new InetSocketAddress(host(), url.getPort());
        if (address.isUnresolved()) {
            throw new IOException("no such host: " + host());
        }
        return address;
    }
}

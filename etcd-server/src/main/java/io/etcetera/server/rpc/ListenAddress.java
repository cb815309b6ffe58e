package io.etcetera.server.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/**
 * A URL to listen on, and the address that it stands for.
 *
 * @param url as configured
 * @param address to bind
 */
record ListenAddress(URI url, InetSocketAddress address) {

    /** @throws IOException naming the URL, if it cannot be listened on */
    static ListenAddress of(URI url) throws IOException {
        if (!"http".equals(url.getScheme())) {
            throw new IOException("cannot listen on " + url + ": only http URLs are served so far");
        }
        if (url.getPort() < 0) {
            throw new IOException("cannot listen on " + url + ": the port is missing");
        }
        return new ListenAddress(url, resolve(url));
    }

    private static InetSocketAddress resolve(URI url) throws IOException {
        String host = url.getHost();
        if (host == null) {
            // java.net.URI has no host for http://:2379, which means every address.
            if (url.getAuthority() != null && url.getAuthority().startsWith(":")) {
                return new InetSocketAddress(url.getPort());
            }
            throw new IOException("cannot listen on " + url + ": the host is missing");
        }
        try {
            // For a name, the first address counts, as in etcd. IPv6 literals come in brackets, which are understood.
            return new InetSocketAddress(InetAddress.getByName(host), url.getPort());
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + url + ": host " + host + " is unknown", e);
        }
    }

    /** The URL with the port that was bound. */
    URI bound(int port) {
        try {
            return new URI(url.getScheme(), null, url.getHost(), port, url.getPath(), null, null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("URL became invalid by changing its port: " + url, e);
        }
    }
}

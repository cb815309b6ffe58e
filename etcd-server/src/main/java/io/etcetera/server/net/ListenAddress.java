package io.etcetera.server.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * A URL to listen on, and the address that it stands for.
 *
 * @param url as configured
 * @param address to bind
 */
public record ListenAddress(URI url, InetSocketAddress address) {
    private static final int MAX_PORT = 65535;

    /**
     * Reads a URL without TLS, and looks its host up.
     *
     * @throws IOException naming the URL, if it cannot be listened on
     */
    public static ListenAddress of(URI url) throws IOException {
        return of(url, false);
    }

    /**
     * Reads a URL, and looks its host up.
     *
     * @param tls whether TLS can be served
     * @throws IOException naming the URL, if it cannot be listened on
     */
    public static ListenAddress of(URI url, boolean tls) throws IOException {
        if (!"http".equals(url.getScheme()) && !(tls && "https".equals(url.getScheme()))) {
            throw new IOException("cannot listen on " + url + ": only " + (tls ? "http and https" : "http")
                    + " URLs are served so far");
        }
        int port = url.getHost() == null ? portAlone(url) : url.getPort();
        if (port < 0) {
            throw new IOException("cannot listen on " + url + ": host and port are needed");
        }
        return new ListenAddress(url, resolve(url, port));
    }

    /** Whether it is served with TLS. */
    public boolean isSecure() {
        return "https".equals(url.getScheme());
    }

    /** The port of a URL like http://:2379, which means every address, and of which java.net.URI makes nothing. */
    private static int portAlone(URI url) {
        String authority = url.getRawAuthority();
        return authority != null && authority.matches(":\\d{1,5}") ? Integer.parseInt(authority.substring(1)) : -1;
    }

    private static InetSocketAddress resolve(URI url, int port) throws IOException {
        if (port > MAX_PORT) {
            throw new IOException("cannot listen on " + url + ": there is no such port");
        }
        String host = url.getHost();
        if (host == null) {
            return new InetSocketAddress(port);
        }
        try {
            // For a name, the first address counts, as in etcd. IPv6 literals come in brackets, which are understood.
            return new InetSocketAddress(InetAddress.getAllByName(host)[0], port);
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + url + ": host " + host + " is unknown", e);
        }
    }

    /** What to say when the address could not be bound: in Go's words, which people search for. */
    public IOException notBound(IOException failure) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        String said = String.valueOf(cause.getMessage());
        // Netty puts the name of the system call, and its number, before the system's words.
        String reason = said.substring(said.lastIndexOf(": ") + 1).strip().toLowerCase(Locale.ROOT);
        return new IOException("listen tcp " + hostAndPort() + ": bind: " + reason, failure);
    }

    /** The address as Go writes it. */
    private String hostAndPort() {
        InetAddress host = address.getAddress();
        String text = host.isAnyLocalAddress() && url.getHost() == null ? "" : host.getHostAddress();
        return (host instanceof Inet6Address && !text.isEmpty() ? "[" + text + "]" : text) + ":" + address.getPort();
    }

    /** The URL with the port that was bound. */
    public URI bound(int port) {
        String host = url.getHost() == null ? "" : url.getHost();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return URI.create(url.getScheme() + "://" + host + ":" + port + path);
    }
}

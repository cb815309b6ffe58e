package io.etcetera.server.net;

import io.etcetera.server.text.OsErrors;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A URL to listen on, and the address that it stands for.
 *
 * @param url as configured
 * @param address to bind: of a TCP port or of a unix socket
 */
public record ListenAddress(URI url, SocketAddress address) {
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
        String scheme = String.valueOf(url.getScheme());
        if (!List.of("http", "https", "unix", "unixs").contains(scheme)) {
            throw new IOException("cannot listen on " + url + ": the scheme must be http, https, unix, or unixs");
        } else if (scheme.endsWith("s") && !tls) {
            throw new IOException("cannot listen on " + url + ": there is no certificate to serve TLS with");
        }
        return new ListenAddress(url, scheme.startsWith("unix") ? unixSocket(url) : tcp(url));
    }

    private static SocketAddress unixSocket(URI url) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException(
                    "cannot listen on " + url + ": unix sockets are served on Linux only", Epoll.unavailabilityCause());
        }
        return socketOf(url);
    }

    /** As in etcd: what looks like a host and a port is the beginning of a file name. */
    static DomainSocketAddress socketOf(URI url) {
        String host = url.getRawAuthority() == null ? "" : url.getRawAuthority();
        String path = url.getPath() == null ? "" : url.getPath();
        return new DomainSocketAddress(host + path);
    }

    private static SocketAddress tcp(URI url) throws IOException {
        int port = url.getHost() == null ? portAlone(url) : url.getPort();
        if (port < 0) {
            throw new IOException("cannot listen on " + url + ": host and port are needed");
        }
        return resolve(url, port);
    }

    /** Whether it is served with TLS. */
    public boolean isSecure() {
        return url.getScheme().endsWith("s");
    }

    /** What URLs of the same address have in common. */
    public String key() {
        return address instanceof DomainSocketAddress socket ? socket.path() : url.getRawAuthority();
    }

    /** Takes away what a process that was killed has left: the file of a unix socket stays when its listener goes. */
    public void clear() throws IOException {
        if (address instanceof DomainSocketAddress socket) {
            Files.deleteIfExists(Path.of(socket.path()));
        }
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
        return new IOException("listen " + networkAndAddress() + ": bind: " + OsErrors.nativeReason(failure), failure);
    }

    /** The address as Go writes it. */
    private String networkAndAddress() {
        if (!(address instanceof InetSocketAddress socket)) {
            return "unix " + key();
        }
        InetAddress host = socket.getAddress();
        String text = host.isAnyLocalAddress() && url.getHost() == null ? "" : host.getHostAddress();
        return "tcp " + (host instanceof Inet6Address && !text.isEmpty() ? "[" + text + "]" : text) + ":"
                + socket.getPort();
    }

    /** The URL with the port that was bound. */
    public URI bound(SocketAddress listening) {
        if (!(listening instanceof InetSocketAddress socket)) {
            return url;
        }
        String host = url.getHost() == null ? "" : url.getHost();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return URI.create(url.getScheme() + "://" + host + ":" + socket.getPort() + path);
    }
}

package io.etcetera.server.tls;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What has become known of one handshake, for the log. Written by the threads that work on the handshake, read when it
 * has ended.
 */
final class HandshakeRecord {
    private static final String TLS_1_3 = "TLSv1.3";

    private final SocketAddress remote;
    private final SocketAddress local;
    private volatile boolean begun;
    private volatile String version = "";
    private volatile boolean answered;
    private volatile String serverName = "";
    private volatile List<X509Certificate> verified = List.of();
    private volatile Optional<String> refusal = Optional.empty();

    HandshakeRecord(SocketAddress remote, SocketAddress local) {
        this.remote = remote;
        this.local = local;
    }

    String remote() {
        return text(remote);
    }

    String local() {
        return text(local);
    }

    Optional<InetAddress> remoteIp() {
        return remote instanceof InetSocketAddress socket ? Optional.ofNullable(socket.getAddress()) : Optional.empty();
    }

    /** The name that the client asked for; empty if none. */
    String serverName() {
        return serverName;
    }

    /** The client's first message has come, and has this name or an empty one; Java only tells of one that is not empty. */
    void askedFor(String name) {
        serverName = name;
        begun = true;
    }

    /** Whether the client is known to have said anything: see {@link #askedFor}. */
    boolean isBegun() {
        return begun;
    }

    /** Both sides speak this version of TLS, in Java's name for it. */
    void speaks(String version) {
        this.version = version;
    }

    /** The client has said something to the first message of ours that is work to look into. */
    void answered() {
        answered = true;
    }

    /**
     * Whether the client is known to have said all of its part. In TLS 1.3 it says that at once; before, whoever has shown a certificate
     * may still find that it cannot sign, and whoever has signed waits for our last message.
     */
    boolean hasSaidAll() {
        return answered && version.equals(TLS_1_3);
    }

    /** The client's certificates once they were found to come from a trusted CA. */
    List<X509Certificate> verified() {
        return verified;
    }

    void verified(List<X509Certificate> chain) {
        verified = List.copyOf(chain);
    }

    /** Why we ended the handshake; empty if we did not, or not for a reason of our own. */
    Optional<String> refusal() {
        return refusal;
    }

    void refused(Exception reason) {
        refusal = Optional.of(String.valueOf(reason.getMessage()));
    }

    private static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress socket && socket.getAddress() != null) {
            String host = socket.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getPort();
        }
        return String.valueOf(address);
    }
}

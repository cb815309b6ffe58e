package io.etcetera.server.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * TLS of the connections that a port accepts. None can resume the session of another, so every one is asked for its
 * certificate and checked against the files as they are now. Thread-safe.
 */
public final class ServerTls {
    /** What a port that speaks only gRPC offers. */
    public static final List<String> HTTP2 = List.of("h2");

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    private static final long HANDSHAKE_MILLIS = 10_000;

    private final ServerEngines engines;
    private final Executor executor;
    private final String rejected;

    /**
     * TLS by the JDK, for a port that few connect to, or whose rules may wait for others.
     *
     * @param executor for what takes long in a handshake
     * @param rejected the message of the log for a handshake that failed
     * @throws IOException if Java does not have what the terms ask for
     */
    static ServerTls byJdk(PortTerms terms, Executor executor, String rejected) throws IOException {
        return new ServerTls(new JdkEngines(terms), executor, rejected);
    }

    /** The same by BoringSSL where there is such a thing, for a port that many connect to. */
    static ServerTls byFastest(PortTerms terms, Executor executor, String rejected) throws IOException {
        return NativeCode.isToBeUsed(terms)
                ? new ServerTls(new SecondHearing(new NativeEngines(terms), terms), executor, rejected)
                : byJdk(terms, executor, rejected);
    }

    private ServerTls(ServerEngines engines, Executor executor, String rejected) {
        this.engines = engines;
        this.executor = executor;
        this.rejected = rejected;
    }

    /**
     * A handler for a connection that was accepted; to be added where plain bytes come in. It logs a handshake that
     * fails, and closes the connection then. Its handshake takes 10 s at most.
     *
     * @param applicationProtocols to offer (ALPN), the preferred one first; who knows none of them is let in all the same
     * @throws SSLException if a configuration is refused that was taken when the member started
     */
    public SslHandler newHandler(Channel channel, List<String> applicationProtocols) throws SSLException {
        HandshakeRecord handshake = new HandshakeRecord(channel.remoteAddress(), channel.localAddress());
        SslHandler handler = engines.newHandler(channel.alloc(), handshake, applicationProtocols, executor);
        handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
        handler.handshakeFuture().addListener(future -> {
            if (!future.isSuccess()) {
                logRejected(handshake, future.cause());
            }
        });
        return handler;
    }

    /** No new connections. */
    void close() {
        engines.close();
    }

    private void logRejected(HandshakeRecord handshake, Throwable failure) {
        String error = HandshakeErrors.describe(failure, handshake);
        // Whoever only looks whether the port is open would fill the log.
        var event = log.atLevel(error.equals(HandshakeErrors.EOF) ? Level.DEBUG : Level.WARN)
                .addKeyValue("remote-addr", handshake.remote())
                .addKeyValue("server-name", handshake.serverName());
        if (!handshake.verified().isEmpty()) {
            event = event.addKeyValue(
                            "ip-addresses",
                            Certificates.ipAddresses(handshake.verified().get(0)))
                    .addKeyValue(
                            "dns-names",
                            Certificates.dnsNames(handshake.verified().get(0)));
        }
        event.addKeyValue("error", error).log(rejected);
    }
}

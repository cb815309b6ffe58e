package io.etcetera.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/** Makes what does the TLS of a port's connections. None of them can resume the session of another. Thread-safe. */
sealed interface ServerEngines extends AutoCloseable permits JdkEngines, NativeEngines, SecondHearing {

    /**
     * A handler for one connection, which has to be added to its pipeline: who is not added is never freed.
     *
     * @param handshake is told what becomes known of the handshake
     * @param applicationProtocols to offer (ALPN), the preferred one first
     * @param executor for what takes long in a handshake
     * @throws SSLException if a configuration is refused that was taken when the member started, or this is closed
     */
    SslHandler newHandler(
            ByteBufAllocator allocator, HandshakeRecord handshake, List<String> applicationProtocols, Executor executor)
            throws SSLException;

    /** No new connections; those that there are go on. */
    @Override
    void close();
}

package io.etcetera.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS by BoringSSL. Connections share one context for each list of protocols, and through it the key, which takes BoringSSL
 * almost as long to prepare as to use; sessions are neither kept nor given away as tickets, so that nobody can resume one. Files are read
 * and rules applied for each handshake, as with {@link JdkEngines}, and by the same classes.
 *
 * <p>All of what a handshake takes is done where the executor of the handler runs it, while the engine's lock is held. Whoever closes a
 * connection waits for that lock on an event loop, so no rule may wait for others, as for a name service.
 *
 * <p>Contexts and engines are native memory, and counted: an engine holds its context, and is freed when its handler leaves
 * the pipeline; a context is freed when this is closed and its last connection has ended.
 */
final class NativeEngines implements ServerEngines {
    private final PortTerms terms;
    private final List<String> suites;
    private final Map<SSLEngine, Underway> underway = new ConcurrentHashMap<>();
    private final ShownIdentities shown = new ShownIdentities();

    /** By what they offer. Guarded by this. */
    private final Map<List<String>, SslContext> contexts = new HashMap<>();

    private boolean closed;

    /** One handshake, as long as it lasts: what it reads and decides with. */
    record Underway(HandshakeRecord handshake, HandshakeKeys keys, ClientTrust trust) {}

    /**
     * Makes sure that BoringSSL, which has to be there, takes the terms.
     *
     * @throws TlsMaterialException with etcd's words if it would not know one of the cipher suites
     * @throws SSLException if BoringSSL refuses something else
     */
    NativeEngines(PortTerms terms) throws TlsMaterialException, SSLException {
        this.terms = terms;
        this.suites = CipherSuites.resolve(terms.cipherSuites(), OpenSsl.availableJavaCipherSuites());
        context(ServerTls.HTTP2);
    }

    @Override
    public SslHandler newHandler(
            ByteBufAllocator allocator, HandshakeRecord handshake, List<String> applicationProtocols, Executor executor)
            throws SSLException {
        SslHandler handler = newHandler(allocator, applicationProtocols, task -> {
            if (handshake.isBegun()) {
                handshake.answered(); // the first task is for the client's first message, another for its certificate
            }
            executor.execute(task);
        });
        underway.put(handler.engine(), new Underway(handshake, terms.keys(handshake), terms.trust(handshake)));
        handler.handshakeFuture().addListener(ended -> underway.remove(handler.engine()));
        return handler;
    }

    private synchronized SslHandler newHandler(
            ByteBufAllocator allocator, List<String> applicationProtocols, Executor executor) throws SSLException {
        SslHandler handler = context(applicationProtocols).newHandler(allocator, executor);
        ReferenceCountedOpenSslEngine engine = (ReferenceCountedOpenSslEngine) handler.engine();
        // Netty allows tickets for each engine that speaks TLS 1.3, whatever its context says.
        SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
        return handler;
    }

    private synchronized SslContext context(List<String> applicationProtocols) throws SSLException {
        if (closed) {
            throw new SSLException("the member is being stopped");
        }
        SslContext existing = contexts.get(applicationProtocols);
        if (existing != null) {
            return existing;
        }
        SslContextBuilder builder = SslContextBuilder.forServer(new OpenSslCachingX509KeyManagerFactory(
                        new KeyManagerFactoryWrapper(new NativeKeys(underway, shown)), ShownIdentities.MAX))
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(new NativeTrust(underway, terms.rules()));
        SslContext made = terms.applyTo(builder, suites, applicationProtocols).build();
        ((OpenSslSessionContext) made.sessionContext()).setSessionCacheEnabled(false);
        contexts.put(List.copyOf(applicationProtocols), made);
        return made;
    }

    @Override
    public synchronized void close() {
        closed = true;
        contexts.values().forEach(ReferenceCountUtil::release);
        contexts.clear();
    }
}

package io.etcetera.server.tls;

import io.etcetera.server.tls.NativeEngines.Underway;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Asks the keys of the one handshake that is in question, and names what it finds, for BoringSSL keeps keys by name.
 * Thread-safe.
 */
final class NativeKeys extends EngineKeys {
    private static final String ELLIPTIC = "EC";
    private static final String EDWARDS = "EdDSA";

    private final Map<SSLEngine, Underway> underway;
    private final ShownIdentities shown;

    NativeKeys(Map<SSLEngine, Underway> underway, ShownIdentities shown) {
        this.underway = underway;
        this.shown = shown;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Underway one = engine == null ? null : underway.get(engine);
        if (one == null) {
            return null; // has ended meanwhile
        }
        if (engine instanceof ReferenceCountedOpenSslEngine boring) {
            String name = SSL.getSniHostname(boring.sslPointer());
            one.handshake().askedFor(name == null ? "" : name);
            one.handshake().speaks(SSL.getVersion(boring.sslPointer()));
        }
        // BoringSSL has no name of its own for keys on Edwards curves.
        boolean fits = one.keys().chooseEngineServerAlias(keyType, issuers, engine) != null
                || (keyType.equals(ELLIPTIC) && one.keys().chooseEngineServerAlias(EDWARDS, issuers, engine) != null);
        return fits ? one.keys().identity().map(shown::aliasOf).orElse(null) : null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return null; // a port is no client
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return shown.identity(alias)
                .map(identity -> identity.chain().toArray(X509Certificate[]::new))
                .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return shown.identity(alias).map(Identity::key).orElse(null);
    }
}

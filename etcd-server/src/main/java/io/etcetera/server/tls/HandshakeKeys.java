package io.etcetera.server.tls;

import java.nio.file.NoSuchFileException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one handshake its identity, which is read from the files when the handshake asks for it first. Used by the
 * thread that works on the handshake; one at a time.
 */
final class HandshakeKeys extends EngineKeys {
    private static final Logger log = LoggerFactory.getLogger(HandshakeKeys.class);
    private static final String ALIAS = "identity";

    private final IdentityFiles files;
    private final String side;
    private final Consumer<Exception> onFailure;
    private @Nullable Identity identity;
    private boolean asked;

    /**
     * @param side who shows the certificate, for the log: "peer" for a listener of either port, as etcd says, or "client"
     * @param onFailure told if the files cannot be used
     */
    HandshakeKeys(IdentityFiles files, String side, Consumer<Exception> onFailure) {
        this.files = files;
        this.side = side;
        this.onFailure = onFailure;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        // Whoever the other side says it trusts: it is to say itself what is wrong with the certificate.
        for (String keyType : keyTypes) {
            String alias = aliasFor(keyType);
            if (alias != null) {
                return alias;
            }
        }
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity current = identity;
        return current == null ? null : current.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity current = identity;
        return current == null ? null : current.key();
    }

    /** What was read; empty before an engine has asked, and if the files cannot be used. */
    Optional<Identity> identity() {
        return Optional.ofNullable(identity);
    }

    private @Nullable String aliasFor(String keyType) {
        if (!asked) {
            asked = true;
            load();
        }
        Identity current = identity;
        if (current == null) {
            return null;
        }
        // EC_RSA and the like name the key before the algorithm that signed its certificate.
        String algorithm = keyType.contains("_") ? keyType.substring(0, keyType.indexOf('_')) : keyType;
        return current.key().getAlgorithm().equals(algorithm) ? ALIAS : null;
    }

    private void load() {
        try {
            identity = files.load();
        } catch (TlsMaterialException e) {
            String problem = e.getCause() instanceof NoSuchFileException
                    ? "failed to find " + side + " cert files"
                    : "failed to create " + side + " certificate";
            log.atWarn()
                    .addKeyValue("cert-file", files.certFile())
                    .addKeyValue("key-file", files.keyFile())
                    .addKeyValue("error", e.getMessage())
                    .log(problem);
            onFailure.accept(e);
        }
    }
}

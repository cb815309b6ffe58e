package io.etcetera.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS by BoringSSL, and by the JDK for who has failed with that. BoringSSL is the stricter of the two: it takes no client's
 * certificate with a key on P-521 or Ed25519, nor one whose key usage leaves signatures out, though etcd does. Which certificate a
 * client has is known too late to choose by, so the next attempt from its address is with the JDK, and so are others until one of them shows
 * that it was for nothing. Nobody gets in that way who does not satisfy the
 * port's rules, which are the same for both. Thread-safe.
 */
final class SecondHearing implements ServerEngines {
    /** Beyond that, the oldest is forgotten: it then takes another failed attempt. */
    private static final int MAX_ADDRESSES = 1_024;

    /** Its place among the usages of RFC 5280, 4.2.1.3. */
    private static final int DIGITAL_SIGNATURE = 0;

    /** Of P-384. */
    private static final int LARGEST_FIELD_BITS = 384;

    private final NativeEngines first;
    private final PortTerms terms;
    /** Made when somebody needs it: it would be a good part of a start. */
    private @Nullable JdkEngines second;

    private final Set<InetAddress> turnedAway =
            Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<InetAddress, Boolean> eldest) {
                    return size() > MAX_ADDRESSES;
                }
            }));

    SecondHearing(NativeEngines first, PortTerms terms) {
        this.first = first;
        this.terms = terms;
    }

    @Override
    public SslHandler newHandler(
            ByteBufAllocator allocator, HandshakeRecord handshake, List<String> applicationProtocols, Executor executor)
            throws SSLException {
        Optional<InetAddress> client = handshake.remoteIp();
        boolean again = client.filter(turnedAway::contains).isPresent();
        ServerEngines engines = again ? second() : first;
        SslHandler handler = engines.newHandler(allocator, handshake, applicationProtocols, executor);
        handler.handshakeFuture().addListener(end -> {
            if (again && !(end.isSuccess() && isForTheJdk(handshake))) {
                client.ifPresent(turnedAway::remove); // so it was not BoringSSL, and others may be at that address
            } else if (!again && !end.isSuccess() && HandshakeErrors.isOfNativeCode(end.cause(), handshake)) {
                client.ifPresent(turnedAway::add);
            }
        });
        return handler;
    }

    /** Whether the client has shown a certificate that BoringSSL would not have taken. */
    private static boolean isForTheJdk(HandshakeRecord handshake) {
        return !handshake.verified().isEmpty()
                && !isForBoringSsl(handshake.verified().get(0));
    }

    private static boolean isForBoringSsl(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        boolean signs = usage == null || usage[DIGITAL_SIGNATURE];
        boolean known = certificate.getPublicKey() instanceof RSAPublicKey
                || (certificate.getPublicKey() instanceof ECPublicKey elliptic
                        && elliptic.getParams().getCurve().getField().getFieldSize() <= LARGEST_FIELD_BITS);
        return signs && known;
    }

    private synchronized JdkEngines second() throws SSLException {
        JdkEngines existing = second;
        if (existing != null) {
            return existing;
        }
        try {
            JdkEngines made = new JdkEngines(terms);
            second = made;
            return made;
        } catch (TlsMaterialException e) {
            throw new SSLException(e);
        }
    }

    @Override
    public void close() {
        first.close();
    }
}

package io.etcetera.server.rpc.call;

import io.etcetera.server.tls.CertificateSubject;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a client shows to say who it is. */
final class Credentials {
    private static final Metadata.Key<String> TOKEN = key("token");
    /** As the gateway passes on what HTTP has for this. */
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    /** Comes with what the gateway passes on: there, a certificate is not that of the user. */
    private static final Metadata.Key<String> THROUGH_GATEWAY = key("grpcgateway-accept");

    private static final String SCHEME = "Bearer ";

    private Credentials() {}

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** The token; null if there is none. */
    static @Nullable String token(Metadata metadata) {
        String token = first(metadata, TOKEN);
        if (token == null) {
            token = first(metadata, AUTHORIZATION);
        }
        return token != null && token.startsWith(SCHEME) ? token.substring(SCHEME.length()) : token;
    }

    /** Of several values the first counts, as in etcd. */
    private static @Nullable String first(Metadata metadata, Metadata.Key<String> key) {
        Iterable<String> values = metadata.getAll(key);
        return values == null ? null : values.iterator().next();
    }

    /** The common name of the certificate that the client has shown, which may be empty. */
    static Optional<String> commonName(ServerCall<?, ?> call, Metadata metadata) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return session == null || metadata.containsKey(THROUGH_GATEWAY)
                ? Optional.empty()
                : CertificateSubject.commonName(session);
    }
}

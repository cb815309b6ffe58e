package io.etcetera.server.tls;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The identities of one member. Ports and connections that show the same files share what was read from them: to hold a key
 * against its certificate takes a signature, which is what a start with TLS has most of. Thread-safe.
 */
final class Identities {
    private final Map<Names, IdentityFiles> files = new ConcurrentHashMap<>();

    private record Names(String certFile, String keyFile) {}

    /** Reads nothing yet. */
    IdentityFiles of(String certFile, String keyFile) {
        return files.computeIfAbsent(new Names(certFile, keyFile), names -> new IdentityFiles(certFile, keyFile));
    }
}

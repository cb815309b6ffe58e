package io.etcetera.server.auth;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoDuration;
import io.etcetera.server.text.OsErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How signed tokens are made.
 *
 * @param ttl how long one is good for
 */
record JwtOptions(JwtMethod method, JwtKey key, Duration ttl) {
    private static final Logger log = LoggerFactory.getLogger(JwtOptions.class);
    private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);
    private static final String SIGN_METHOD = "sign-method";
    private static final String PUBLIC_KEY = "pub-key";
    private static final String PRIVATE_KEY = "priv-key";
    private static final String TTL = "ttl";
    private static final Set<String> KNOWN = Set.of(SIGN_METHOD, PUBLIC_KEY, PRIVATE_KEY, TTL);

    /**
     * Reads options, and the files that they name.
     *
     * @throws IllegalArgumentException with etcd's words if that cannot be done
     */
    static JwtOptions read(Map<String, String> values) {
        JwtMethod method = JwtMethod.find(values.getOrDefault(SIGN_METHOD, ""))
                .orElseThrow(() -> TokenOptions.invalid(List.of("auth: invalid auth signature method")));
        Duration ttl = ttl(values.getOrDefault(TTL, ""));
        Optional<byte[]> publicFile = file(values.getOrDefault(PUBLIC_KEY, ""));
        Optional<byte[]> privateFile = file(values.getOrDefault(PRIVATE_KEY, ""));
        List<String> unknown = new ArrayList<>(values.keySet());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            log.atWarn().addKeyValue("keys", unknown).log("unknown JWT options");
        }
        try {
            return new JwtOptions(method, key(method, publicFile, privateFile), ttl);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Duration ttl(String text) {
        try {
            return text.isEmpty() ? DEFAULT_TTL : GoDuration.parse(text);
        } catch (BadValueException e) {
            throw TokenOptions.invalid(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** Nothing of a file that is not named, and of one that is empty. */
    private static Optional<byte[]> file(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] content = Files.readAllBytes(Path.of(name));
            return content.length == 0 ? Optional.empty() : Optional.of(content);
        } catch (IOException e) {
            throw TokenOptions.invalid(List.of(OsErrors.describe("open", name, e)));
        } catch (InvalidPathException e) {
            throw TokenOptions.invalid(List.of(String.valueOf(e.getMessage())));
        }
    }

    private static JwtKey key(JwtMethod method, Optional<byte[]> publicFile, Optional<byte[]> privateFile)
            throws IOException {
        if (method.family() == JwtMethod.Family.HMAC) {
            return new JwtKey.Secret(method, privateFile.orElseThrow(JwtOptions::missing));
        }
        JwtKeyFiles files = new JwtKeyFiles(method);
        if (privateFile.isEmpty()) {
            byte[] file = publicFile.orElseThrow(JwtOptions::missing);
            return new JwtKey.Pair(method, files.publicKey(file), Optional.empty());
        }
        PrivateKey privateKey = files.privateKey(privateFile.get());
        PublicKey publicKey = files.publicKeyOfPrivate(privateFile.get());
        if (publicFile.isPresent() && !JwtKeyFiles.same(publicKey, files.publicKey(publicFile.get()))) {
            throw new IOException("auth: public and private keys don't match");
        }
        return new JwtKey.Pair(method, publicKey, Optional.of(privateKey));
    }

    private static IOException missing() {
        return new IOException("auth: missing key data");
    }
}

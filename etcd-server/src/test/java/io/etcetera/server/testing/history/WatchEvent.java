package io.etcetera.server.testing.history;

import java.util.Optional;

/**
 * A change of one key.
 *
 * @param value empty for a deletion
 * @param modRevision revision of the change; changes of one transaction share it
 */
public record WatchEvent(String key, Optional<String> value, long modRevision) {

    public static WatchEvent put(String key, String value, long modRevision) {
        return new WatchEvent(key, Optional.of(value), modRevision);
    }

    public static WatchEvent delete(String key, long modRevision) {
        return new WatchEvent(key, Optional.empty(), modRevision);
    }

    String describe() {
        return "revision " + modRevision + ": " + CallText.encode(key)
                + value.map(text -> " = " + CallText.encode(text)).orElse(" deleted");
    }
}

package io.etcetera.server.testing.history;

import java.util.Optional;

/**
 * A server's answer to one operation.
 *
 * @param revision of the response's header: that of the change if there was one, else that of the store when it was read; 0
 *     if it is not known
 * @param applied whether the operation changed the key: a put always does, a delete if there was a key, a get never
 * @param found what was there, of a get and of a compare-and-swap that did not swap; empty if the key was absent
 */
public record Response(long revision, boolean applied, Optional<Version> found) {

    public static Response changed(long revision) {
        return new Response(revision, true, Optional.empty());
    }

    public static Response found(long revision, String value, long modRevision) {
        return new Response(revision, false, Optional.of(new Version(value, modRevision)));
    }

    /** Of a get, delete or compare-and-swap that found no key. */
    public static Response absent(long revision) {
        return new Response(revision, false, Optional.empty());
    }
}

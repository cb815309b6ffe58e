package io.etcetera.server.testing.history;

import java.util.Optional;

/**
 * What a key must be like for an operation to be applied, or for an answer to be right.
 *
 * @param value only with {@link Presence#PRESENT}: the value it must have, or empty for any
 * @param modRevision only with {@link Presence#PRESENT}: the revision it must have been written at, or 0 for any
 */
public record Condition(Presence presence, Optional<String> value, long modRevision) {

    enum Presence {
        ANY,
        PRESENT,
        ABSENT,
        NEVER
    }

    static final Condition ANY = new Condition(Presence.ANY, Optional.empty(), 0);
    static final Condition PRESENT = new Condition(Presence.PRESENT, Optional.empty(), 0);
    static final Condition ABSENT = new Condition(Presence.ABSENT, Optional.empty(), 0);
    static final Condition NEVER = new Condition(Presence.NEVER, Optional.empty(), 0);

    /** As etcd compares values: an absent key has none, and never meets it. */
    public static Condition valueIs(String value) {
        return new Condition(Presence.PRESENT, Optional.of(value), 0);
    }

    /**
     * The key was last written at a revision.
     *
     * @param modRevision 0 for a key that is absent
     */
    public static Condition modRevisionIs(long modRevision) {
        return modRevision == 0 ? ABSENT : new Condition(Presence.PRESENT, Optional.empty(), modRevision);
    }

    static Condition holds(Optional<Version> found) {
        return found.map(
                        version -> new Condition(Presence.PRESENT, Optional.of(version.value()), version.modRevision()))
                .orElse(ABSENT);
    }

    /** Whether a key found like this meets the condition; a revision that is not known meets none. */
    boolean isMetBy(Optional<Version> found) {
        return switch (presence) {
            case ANY -> true;
            case NEVER -> false;
            case ABSENT -> found.isEmpty();
            case PRESENT ->
                found.isPresent()
                        && value.map(found.get().value()::equals).orElse(true)
                        && (modRevision == 0 || modRevision == found.get().modRevision());
        };
    }
}

package io.etcetera.server.tls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Names for what a port has shown lately. A name is for one identity, for good. The last but one is still known, since
 * handshakes may be under way that have read it just before it was renewed. Thread-safe.
 */
final class ShownIdentities {
    static final int MAX = 2;

    private final Deque<Named> latest = new ArrayDeque<>(MAX);
    private long renewals;

    private record Named(String alias, Identity identity) {}

    synchronized String aliasOf(Identity identity) {
        for (Named named : latest) {
            if (named.identity.equals(identity)) {
                return named.alias;
            }
        }
        if (latest.size() == MAX) {
            latest.removeLast();
        }
        Named named = new Named("identity-" + renewals++, identity);
        latest.addFirst(named);
        return named.alias;
    }

    /** Empty if it has been renewed twice since. */
    synchronized Optional<Identity> identity(String alias) {
        return latest.stream()
                .filter(named -> named.alias.equals(alias))
                .map(Named::identity)
                .findFirst();
    }
}

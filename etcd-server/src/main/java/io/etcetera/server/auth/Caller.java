package io.etcetera.server.auth;

/**
 * In whose name a request is made.
 *
 * @param username the user; whether there is one of this name is a matter of the check
 * @param authRevision revision of users and roles that the caller's proof of identity is good for
 */
public record Caller(String username, long authRevision) {
    /** Somebody who has shown nothing: no token, no certificate. */
    public static final Caller NOBODY = new Caller("", 0);

    /** Whether the caller has not said who he is. */
    public boolean isNobody() {
        return authRevision == 0 && username.isEmpty();
    }
}

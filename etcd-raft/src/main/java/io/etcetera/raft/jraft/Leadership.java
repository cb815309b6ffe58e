package io.etcetera.raft.jraft;

/** What the apply thread has been told about who leads; read by any thread. */
final class Leadership {
    private volatile long leaderId;
    private volatile long startedTerm;

    /** The leader's member ID, 0 while none is known. */
    long leaderId() {
        return leaderId;
    }

    /**
     * The term in which this member leads and has applied its first entry, 0 if there is none. May lag behind the engine:
     * worth something only together with the engine's own state and term.
     */
    long startedTerm() {
        return startedTerm;
    }

    void leads(long memberId) {
        leaderId = memberId;
    }

    void started(long term) {
        startedTerm = term;
    }

    void stopped() {
        startedTerm = 0;
    }
}

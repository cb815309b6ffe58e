package io.etcetera.server.propose;

/** Learns which entries the log did not take. Thread-safe, never blocks. */
@FunctionalInterface
public interface RefusalListener {

    /**
     * A leader said no. At most once for each time that the entry was sent to it; an entry that was taken, or may have
     * been, is not spoken of.
     */
    void refused(long requestId, LogRefusal refusal);
}

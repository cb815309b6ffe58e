package io.etcetera.server.transport;

import java.util.List;
import java.util.Set;

/**
 * Who is in the cluster and where, as this member knows at the moment; asked again and again, so that a change shows
 * within a fraction of an election timeout. Thread-safe, never blocks.
 */
public interface PeerDirectory {
    long clusterId();

    /** This member's ID. */
    long memberId();

    /** Index of the last log entry that went into what this directory says. */
    long appliedIndex();

    /** IDs of the other members. */
    Set<Long> peers();

    /** Where a member serves its peers; empty if that is not known. */
    List<String> peerUrls(long memberId);

    /** Whether this was a member, never will be again, and is not needed for anything any more. */
    boolean isRemoved(long memberId);
}

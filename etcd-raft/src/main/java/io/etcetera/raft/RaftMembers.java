package io.etcetera.raft;

import java.util.Set;

/**
 * Who takes part in the log, by the latest configuration that this member knows, committed or not. A voter that is being
 * taken out is among the voters for as long as a majority of the old ones is asked for.
 */
public record RaftMembers(Set<Long> voters, Set<Long> learners) {

    public RaftMembers {
        voters = Set.copyOf(voters);
        learners = Set.copyOf(learners);
    }
}

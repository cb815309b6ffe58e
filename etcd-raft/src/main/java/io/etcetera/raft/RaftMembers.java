package io.etcetera.raft;

import java.util.Set;

/** Who takes part in the log, by the latest configuration that this member knows, committed or not. */
public record RaftMembers(Set<Long> voters, Set<Long> learners) {

    public RaftMembers {
        voters = Set.copyOf(voters);
        learners = Set.copyOf(learners);
    }
}

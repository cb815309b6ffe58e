package io.etcetera.raft;

import java.nio.file.Path;
import java.util.List;

/**
 * How a {@link RaftNode} is to run.
 *
 * @param memberId this member's ID, not 0
 * @param clusterId names the group; members of different clusters never talk to each other
 * @param initialVoters member IDs of a cluster that is being made; used only if the log is empty
 * @param walDirectory holds log segments, the hard state and the snapshot mark; created if missing
 * @param electionTimeoutMillis how long a follower waits for a leader
 * @param heartbeatIntervalMillis how often a leader shows itself
 * @param snapshotCount entries applied between two cuts of the log
 * @param snapshotCatchUpEntries entries kept behind a cut for slow followers
 * @param appliedIndex index up to which the state machine's durable state already holds the log's effects
 * @param appliedTerm term of that index
 * @param forceNewCluster go on with this member as the only voter, whoever else the log says votes. Everything that is in
 *     this member's log stays, also what no quorum may have had: nobody can tell it from what was acknowledged
 * @param unsafeNoFsync skip fsync: for tests only, loses acknowledged writes on a crash of the machine
 */
public record RaftConfig(
        long memberId,
        long clusterId,
        List<Long> initialVoters,
        Path walDirectory,
        long electionTimeoutMillis,
        long heartbeatIntervalMillis,
        long snapshotCount,
        long snapshotCatchUpEntries,
        long appliedIndex,
        long appliedTerm,
        boolean forceNewCluster,
        boolean unsafeNoFsync) {

    public RaftConfig {
        initialVoters = List.copyOf(initialVoters);
    }

    /** Of a member that is not forced to go on alone. */
    public RaftConfig(
            long memberId,
            long clusterId,
            List<Long> initialVoters,
            Path walDirectory,
            long electionTimeoutMillis,
            long heartbeatIntervalMillis,
            long snapshotCount,
            long snapshotCatchUpEntries,
            long appliedIndex,
            long appliedTerm,
            boolean unsafeNoFsync) {
        this(
                memberId,
                clusterId,
                initialVoters,
                walDirectory,
                electionTimeoutMillis,
                heartbeatIntervalMillis,
                snapshotCount,
                snapshotCatchUpEntries,
                appliedIndex,
                appliedTerm,
                false,
                unsafeNoFsync);
    }
}

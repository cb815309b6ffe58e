package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.wal.HardState;
import io.etcetera.raft.wal.SnapshotMark;
import io.etcetera.raft.wal.WalEntry;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the files hold when a member starts: read once from end to end, and held against what the state machine says that
 * it has. A member that would skip an entry, or forget one that was acknowledged, is refused.
 */
record LogContents(
        InternalEntries internal, @Nullable Mark mark, long firstIndex, long lastIndex, long lastTerm, long term) {

    static LogContents read(WriteAheadLog wal, HardState hardState, SnapshotMark snapshotMark, RaftConfig config)
            throws IOException {
        Mark mark = Mark.load(snapshotMark);
        finishInstallation(wal, mark, config);
        InternalEntries internal = mark == null
                ? new InternalEntries(config.memberId(), 0, Peers.voters(config.initialVoters()), false)
                : new InternalEntries(config.memberId(), mark.index(), mark.members(), mark.joint());
        long lastTerm = 0;
        for (long index = wal.firstIndex(); index <= wal.lastIndex(); index++) {
            byte[] record = wal.read(index);
            if (record == null) {
                throw new IOException("entry " + index + " of the log is missing");
            }
            if (!EntryCodec.isData(record) || index == wal.lastIndex()) {
                var entry = EntryCodec.decode(index, record);
                internal.add(entry);
                lastTerm = entry.getId().getTerm();
            }
        }
        return new LogContents(internal, mark, wal.firstIndex(), wal.lastIndex(), lastTerm, hardState.term());
    }

    /** A member that died between putting another's state in place and beginning its log anew does the latter now. */
    private static void finishInstallation(WriteAheadLog wal, @Nullable Mark mark, RaftConfig config)
            throws IOException {
        if (mark != null
                && mark.installed()
                && wal.lastIndex() < mark.index()
                && mark.index() <= config.appliedIndex()) {
            wal.reset(mark.index() + 1);
        }
    }

    long markIndex() {
        return mark == null ? 0 : mark.index();
    }

    void check(RaftConfig config) throws RaftException {
        long applied = config.appliedIndex();
        if (term < lastTerm) {
            throw refused(
                    config,
                    "the log ends in term " + lastTerm + ", but the hard state knows only term " + term
                            + ": the hard state is older than the log. Restore both from the same backup");
        }
        if (firstIndex > applied + 1) {
            throw refused(
                    config,
                    "the log begins at entry " + firstIndex + ", but the store has applied only " + applied
                            + ": the store is older than the log. Restore the store that belongs to it");
        }
        if (markIndex() > applied) {
            throw refused(
                    config,
                    "the log was cut at entry " + markIndex() + ", but the store has applied only " + applied
                            + ": the store is older than the log. Restore the store that belongs to it");
        }
        if (lastIndex < applied && (internal.onlySelfVotes() || config.forceNewCluster())) {
            throw refused(
                    config,
                    "the log ends at entry " + lastIndex + ", but the store has applied " + applied
                            + ": the store is ahead of the log, which has lost entries or belongs to another member. Restore the"
                            + " log that belongs to it, or make a new member out of a snapshot of the store");
        }
        if (markIndex() < firstIndex - 1 || markIndex() > lastIndex) {
            throw refused(
                    config,
                    "the log holds entries " + firstIndex + " to " + lastIndex + ", but its mark is at " + markIndex()
                            + ": the two do not belong together. Restore both from the same backup");
        }
    }

    /**
     * Ends the log with an entry that makes this member the only voter, durably. No quorum of the old members agrees to
     * it, so each of them could go on without this one: whoever asks for it answers for that.
     */
    void makeOnlyVoter(WriteAheadLog wal, RaftConfig config) throws IOException {
        long index = lastIndex + 1;
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        entry.setId(new LogId(index, term));
        entry.setPeers(List.of(Peers.peer(config.memberId())));
        internal.add(entry);
        wal.append(List.of(new WalEntry(index, term, EntryCodec.encode(entry))));
    }

    private static RaftException refused(RaftConfig config, String why) {
        return new RaftException(
                Kind.FATAL, "cannot start with the log in " + config.walDirectory() + ": " + why + ".");
    }
}

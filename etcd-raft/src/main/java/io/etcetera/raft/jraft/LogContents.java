package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.wal.HardState;
import io.etcetera.raft.wal.SnapshotMark;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the files hold when a member starts: read once from end to end, and held against what the state machine says that
 * it has. A member that would skip an entry, or forget one that was acknowledged, is refused.
 */
record LogContents(
        InternalEntries internal,
        @Nullable SnapshotMeta mark,
        long firstIndex,
        long lastIndex,
        long lastTerm,
        long term) {

    static LogContents read(WriteAheadLog wal, HardState hardState, SnapshotMark snapshotMark, RaftConfig config)
            throws IOException {
        byte[] marked = snapshotMark.load();
        SnapshotMeta mark = marked == null ? null : SnapshotMetaCodec.decode(marked);
        InternalEntries internal = mark == null
                ? new InternalEntries(config.memberId(), 0, Peers.voters(config.initialVoters()), false)
                : new InternalEntries(
                        config.memberId(),
                        mark.getLastIncludedIndex(),
                        new Configuration(peers(mark.getPeersList()), peers(mark.getLearnersList())),
                        mark.getOldPeersCount() > 0);
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
        internal.written(wal.lastIndex());
        return new LogContents(internal, mark, wal.firstIndex(), wal.lastIndex(), lastTerm, hardState.term());
    }

    private static List<PeerId> peers(List<String> names) {
        return names.stream().map(PeerId::parsePeer).toList();
    }

    long markIndex() {
        return mark == null ? 0 : mark.getLastIncludedIndex();
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
        if (lastIndex < applied && internal.onlySelfVotes()) {
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

    private static RaftException refused(RaftConfig config, String why) {
        return new RaftException(
                Kind.FATAL, "cannot start with the log in " + config.walDirectory() + ": " + why + ".");
    }
}

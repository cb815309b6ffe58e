package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries in the files that the log made for itself: how the read path knows who votes, and the engine, when it starts, who
 * takes part.
 *
 * <p>Written by the thread that opens the node, then by the log's own thread alone; read by any.
 */
final class InternalEntries {
    private final PeerId self;
    private final ConcurrentSkipListMap<Long, LogEntry> byIndex = new ConcurrentSkipListMap<>();
    private Membership beforeLog;
    private volatile Membership latest;

    /** Who votes from an index on. */
    private record Membership(long index, boolean onlySelf) {}

    /**
     * @param index of the mark, or 0 in a new log
     * @param members who voted then
     */
    InternalEntries(long memberId, long index, Configuration members, boolean joint) {
        this.self = Peers.peer(memberId);
        this.beforeLog = new Membership(index, !joint && isOnlySelf(members.listPeers(), members.listLearners()));
        this.latest = beforeLog;
    }

    /** Takes note of an entry, if it is not a proposal; to be called before it is written. */
    void add(LogEntry entry) {
        if (entry.getType() == EntryType.ENTRY_TYPE_DATA) {
            return;
        }
        byIndex.put(entry.getId().getIndex(), entry);
        if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
            latest = membershipOf(entry);
        }
    }

    void dropFrom(long index) {
        byIndex.tailMap(index, true).clear();
        latest = newest(byIndex);
    }

    void dropBefore(long index) {
        ConcurrentNavigableMap<Long, LogEntry> dropped = byIndex.headMap(index, false);
        beforeLog = newest(dropped);
        dropped.clear();
    }

    /** The log has been emptied, and goes on behind {@code mark}. */
    void beginAnew(Mark mark) {
        byIndex.clear();
        beforeLog = new Membership(
                mark.index(),
                !mark.joint()
                        && isOnlySelf(mark.members().listPeers(), mark.members().listLearners()));
        latest = beforeLog;
    }

    private Membership newest(ConcurrentNavigableMap<Long, LogEntry> entries) {
        return entries.descendingMap().values().stream()
                .filter(entry -> entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION)
                .findFirst()
                .map(this::membershipOf)
                .orElse(beforeLog);
    }

    /** Whether this member alone decides, by the latest configuration in the log, itself at or below {@code index}. */
    boolean onlySelfVotes(long index) {
        Membership now = latest;
        return now.onlySelf() && now.index() <= index;
    }

    /** Whether this member alone decides, by the latest configuration in the log. */
    boolean onlySelfVotes() {
        return latest.onlySelf();
    }

    /** Tells the engine of every configuration in the log, as it expects of its storage when that is opened. */
    void feed(ConfigurationManager engine) {
        for (LogEntry entry : byIndex.values()) {
            if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
                LogId id = entry.getId();
                engine.add(new ConfigurationEntry(
                        new LogId(id.getIndex(), id.getTerm()),
                        new Configuration(entry.getPeers(), entry.getLearners()),
                        entry.getOldPeers() == null
                                ? new Configuration()
                                : new Configuration(entry.getOldPeers(), entry.getOldLearners())));
            }
        }
    }

    private Membership membershipOf(LogEntry entry) {
        boolean joint = entry.getOldPeers() != null && !entry.getOldPeers().isEmpty();
        return new Membership(entry.getId().getIndex(), !joint && isOnlySelf(entry.getPeers(), entry.getLearners()));
    }

    private boolean isOnlySelf(List<PeerId> voters, @Nullable List<PeerId> learners) {
        return voters.size() == 1 && voters.contains(self) && (learners == null || learners.isEmpty());
    }
}

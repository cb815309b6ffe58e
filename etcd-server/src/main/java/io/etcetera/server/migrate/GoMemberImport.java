package io.etcetera.server.migrate;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.EntryType;
import io.etcetera.raft.LogImport;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the files of a member out of those of a Go etcd's.
 *
 * <p>The store is copied as it is, with what it says of how far it has come. What the log holds behind that goes into the new log, entry
 * by entry with index and term, together with the member's term and vote: for Raft nothing happens but a restart. So it does not matter
 * here what of it was committed; that is found out as after any restart, and applied by those who always apply. Of the entries before, as
 * many come along as other members may lack.
 */
final class GoMemberImport {
    /** How many entries stay behind what is applied, as etcd does. */
    private static final long CATCH_UP_ENTRIES = 5_000;

    private final GoMember source;
    private final MigrationProgress progress;

    GoMemberImport(GoMember source, MigrationProgress progress) {
        this.source = source;
        this.progress = progress;
    }

    /**
     * Makes the files, all durable when this returns.
     *
     * @param member directory to be made
     * @param walDirectory of the new log, to be made
     * @throws MigrationException if the old files cannot be used; the new ones are worth nothing then
     */
    Summary into(Path member, Path walDirectory) throws IOException {
        GoWal log = source.openLog();
        try (GoStore store = source.openStore(log, progress)) {
            String version = store.clusterVersion().orElse("");
            Versions.refuseNewer(source.directory(), version);
            long index = store.consistentIndex();
            checkTogether(index, log);
            Path snap = Files.createDirectories(member.resolve("snap"));
            try (Backend backend = LmdbStore.open(snap.resolve("store.mdb"), BackendOptions.FILLING)) {
                store.copyTo(backend);
                return complete(store, backend, log, member, walDirectory);
            } catch (CorruptStoreException | StoreFailedException e) {
                throw new MigrationException(
                        "the store " + source.storeFile() + " cannot be taken over: " + e.getMessage(), e);
            }
        }
    }

    private void checkTogether(long index, GoWal log) throws MigrationException {
        if (index > log.lastIndex()) {
            throw new MigrationException("the log in " + source.walDirectory() + " ends at entry " + log.lastIndex()
                    + ", but the store has applied " + index
                    + ": the log has lost entries, or belongs to another member");
        }
        if (index < log.firstIndex() - 1) {
            throw new MigrationException("the log in " + source.walDirectory() + " begins at entry " + log.firstIndex()
                    + ", but the store has applied only " + index + ": the store is older than the log");
        }
    }

    private Summary complete(GoStore store, Backend backend, GoWal log, Path member, Path walDirectory)
            throws IOException {
        Identity unjoined = new Identity(log.memberId(), log.clusterId());
        ClusterStore cluster = new ClusterStore(unjoined, backend);
        long index = store.consistentIndex();
        if (index == 0) {
            index = applyFirstMembers(log, cluster, backend);
        }
        long at = index;
        long storeTerm = store.consistentTerm();
        long term = log.termOf(index)
                .or(() -> storeTerm == 0 ? Optional.empty() : Optional.of(storeTerm))
                .orElseThrow(() -> new MigrationException("neither the log in " + source.walDirectory()
                        + " nor the store says of which term entry " + at + " is"));
        backend.beginEntry();
        backend.endEntry(index, term);
        backend.commit().toCompletableFuture().join();

        Map<Long, Boolean> voters = votersAt(index, cluster, log);
        importLog(new LogImport.Base(index, term, idsOf(voters, true), idsOf(voters, false)), log, walDirectory);
        boolean listed = cluster.member(log.memberId()).isPresent() || cluster.isRemoved(log.memberId());
        Identity identity = new Identity(log.memberId(), log.clusterId(), !listed);
        identity.write(member);
        return new Summary(
                identity, index, log.lastIndex(), cluster.versions().cluster().orElse(""));
    }

    /** A member that died before its first commit: the log begins with who the first members are. */
    private long applyFirstMembers(GoWal log, ClusterStore cluster, Backend backend) throws IOException {
        List<Entry> first = new ArrayList<>();
        boolean[] run = {true};
        log.forEach(log.firstIndex(), log.hardState().getCommit(), entry -> {
            run[0] &= entry.getType() == EntryType.EntryConfChange;
            if (run[0]) {
                first.add(entry);
            }
        });
        if (first.isEmpty() || log.firstIndex() != 1) {
            throw new MigrationException("the member in " + source.directory() + " has never been part of its cluster;"
                    + " start with an empty data directory instead");
        }
        backend.beginEntry();
        for (Entry entry : first) {
            MembershipChange change = GoEntries.membershipChange(entry);
            cluster.putFromElsewhere(Member.newBuilder()
                    .setID(change.getAddition().getMemberID())
                    .addAllPeerURLs(change.getAddition().getRaftAttributes().getPeerUrlsList())
                    .setIsLearner(change.getAddition().getRaftAttributes().getIsLearner())
                    .build());
        }
        backend.endEntry();
        return first.size();
    }

    /** Who takes part in Raft, voting or not: in etcd a change of members counts once it is applied, and what is committed is. */
    private static Map<Long, Boolean> votersAt(long index, ClusterStore cluster, GoWal log) throws IOException {
        Map<Long, Boolean> voters = new TreeMap<>(Long::compareUnsigned);
        cluster.members().forEach(member -> voters.put(member.getID(), !member.getIsLearner()));
        log.forEach(index + 1, Math.max(index, log.hardState().getCommit()), entry -> {
            if (entry.getType() == EntryType.EntryConfChange) {
                apply(GoEntries.membershipChange(entry), voters);
            }
        });
        return voters;
    }

    private static void apply(MembershipChange change, Map<Long, Boolean> voters) {
        switch (change.getChangeCase()) {
            case ADDITION ->
                voters.putIfAbsent(
                        change.getAddition().getMemberID(),
                        !change.getAddition().getRaftAttributes().getIsLearner());
            case REMOVAL -> voters.remove(change.getRemoval().getMemberID());
            case PROMOTION -> voters.replace(change.getPromotion().getMemberID(), true);
            case UPDATE, FOUNDING, CHANGE_NOT_SET -> {
                // Nobody's vote changes.
            }
        }
    }

    private static List<Long> idsOf(Map<Long, Boolean> voters, boolean voting) {
        return voters.entrySet().stream()
                .filter(member -> member.getValue() == voting)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static void importLog(LogImport.Base base, GoWal log, Path walDirectory) throws IOException {
        long from = Math.max(log.firstIndex(), base.index() - CATCH_UP_ENTRIES + 1);
        long term =
                Math.max(log.hardState().getTerm(), log.termOf(log.lastIndex()).orElse(base.term()));
        long vote = term == log.hardState().getTerm() ? log.hardState().getVote() : 0;
        try (LogImport target = LogImport.into(walDirectory, from)) {
            log.forEach(
                    from,
                    log.lastIndex(),
                    entry -> target.append(entry.getIndex(), entry.getTerm(), GoEntries.translate(entry)));
            target.finish(base, term, vote);
        }
    }
}

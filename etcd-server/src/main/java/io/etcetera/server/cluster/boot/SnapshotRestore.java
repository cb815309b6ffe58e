package io.etcetera.server.cluster.boot;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.bolt.BoltFormatException;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.snapshot.SnapshotFile;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.LogImport;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Bootstrap;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.MemberTable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the data directory of a member of a new cluster out of a snapshot. Each member of that cluster is given the same
 * snapshot and the same list of members, from which its ID and the cluster's follow as for any new cluster. The log begins
 * behind one entry for each member, which are taken as applied: so a member that joins later, and has no snapshot, is sent
 * the store and not a log without a beginning.
 *
 * @param snapshot the file
 * @param dataDir to be made, or empty
 * @param walDir to be made
 * @param name of this member
 * @param peerUrls of this member
 * @param initialCluster all members, as for a new cluster
 * @param token of the new cluster
 * @param skipHashCheck whether the file's checksum need not be there, nor match
 * @param revisionBump by how much the revision is pushed on, and all before marked as compacted; 0 for neither
 */
public record SnapshotRestore(
        Path snapshot,
        Path dataDir,
        Path walDir,
        String name,
        List<URI> peerUrls,
        String initialCluster,
        String token,
        boolean skipHashCheck,
        long revisionBump) {
    private static final Logger log = LoggerFactory.getLogger(SnapshotRestore.class);

    private static final long TERM = 1;

    /** Who was in the old cluster, and how far its log had come, is of no concern to the new one. */
    private static final Set<Bucket> BUCKETS_LEFT_OUT = Set.of(Bucket.MEMBERS, Bucket.MEMBERS_REMOVED);

    private static final Set<MetaKeys> META_LEFT_OUT =
            Set.of(MetaKeys.CONSISTENT_INDEX, MetaKeys.TERM, MetaKeys.CONF_STATE);

    public SnapshotRestore {
        peerUrls = List.copyOf(peerUrls);
    }

    /**
     * Does it. If it fails, nothing is left of it.
     *
     * @param progress told now and then how many bytes have been copied
     * @throws ClusterConfigException if the members make no cluster, with etcd's words
     * @throws IOException naming the file, if the snapshot cannot be used or the directory not be made
     */
    public void run(LongConsumer progress) throws IOException, ClusterConfigException {
        List<Member> members = members();
        if (Files.exists(dataDir) && !isEmptyDirectory(dataDir)) {
            throw new IOException("data-dir \"" + dataDir + "\" not empty or could not be read");
        }
        if (Files.exists(walDir)) {
            throw new IOException("wal-dir \"" + walDir + "\" exists");
        }
        logStep("restoring snapshot");
        MadeDirectories made = new MadeDirectories();
        boolean done = false;
        try (SnapshotHashCheck hash = SnapshotHashCheck.begin(snapshot, skipHashCheck)) {
            restore(members, hash, made, progress);
            done = true;
        } catch (StoreFailedException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (!done) {
                made.deleteAll();
            }
        }
        logStep("restored snapshot");
    }

    private void logStep(String what) {
        log.atInfo()
                .addKeyValue("path", snapshot)
                .addKeyValue("wal-dir", walDir)
                .addKeyValue("data-dir", dataDir)
                .addKeyValue("snap-dir", snapDir())
                .log(what);
    }

    private Path memberDir() {
        return dataDir.resolve("member");
    }

    private Path snapDir() {
        return memberDir().resolve("snap");
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (var entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    private List<Member> members() throws ClusterConfigException {
        EtcdConfig config = EtcdConfig.builder()
                .name(name)
                .initialCluster(initialCluster)
                .initialClusterToken(token)
                .initialAdvertisePeerUrls(peerUrls)
                .build();
        InitialCluster initial = parse();
        initial.verify(config);
        return new Bootstrap(new Identity(1, 1), initial.members(token)).members();
    }

    /** What is wrong with the list itself is told without the words that a member's start puts before it. */
    private InitialCluster parse() throws ClusterConfigException {
        try {
            return InitialCluster.parse(initialCluster);
        } catch (ClusterConfigException e) {
            String message = String.valueOf(e.getMessage());
            throw new ClusterConfigException(
                    message.startsWith(InitialCluster.SETTING_UP)
                            ? message.substring(InitialCluster.SETTING_UP.length())
                            : message);
        }
    }

    private void restore(List<Member> members, SnapshotHashCheck hash, MadeDirectories made, LongConsumer progress)
            throws IOException {
        Member self = members.stream()
                .filter(member -> member.getName().equals(name))
                .findFirst()
                .orElseThrow();
        List<Long> ids = members.stream().map(Member::getID).toList();
        Identity identity = new Identity(self.getID(), MemberIds.cluster(ids));
        try {
            fillStore(members, made, progress);
        } catch (BoltFormatException e) {
            hash.await(); // If the file was damaged on its way, that is the better answer.
            throw e;
        }
        made.make(walDir);
        long index = members.size();
        try (LogImport log = LogImport.into(walDir, index + 1)) {
            log.finish(new LogImport.Base(index, TERM, ids, List.of()), TERM, ids.get(0));
        }
        hash.await();
        // Last: without it, the directory is nobody's.
        identity.write(memberDir());
        logMembers(members, identity);
    }

    private void fillStore(List<Member> members, MadeDirectories made, LongConsumer progress) throws IOException {
        try (SnapshotFile file = SnapshotFile.open(snapshot, progress)) {
            made.make(snapDir());
            try (Backend backend =
                    LmdbStore.open(snapDir().resolve(DataDirectory.STORE_FILE), BackendOptions.FILLING)) {
                long revision = file.copyTo(backend, SnapshotRestore::isKept);
                long bumped = bumped(revision);
                backend.beginEntry();
                found(backend, members, bumped);
                backend.endEntry(members.size(), TERM);
                backend.commit().toCompletableFuture().join();
            }
        }
    }

    private static boolean isKept(Bucket bucket, ByteView key) {
        if (BUCKETS_LEFT_OUT.contains(bucket)) {
            return false;
        }
        return bucket != Bucket.META || !MetaKeys.isOneOf(META_LEFT_OUT, key);
    }

    /** The revision to push on to; 0 to leave it. */
    private long bumped(long latest) throws IOException {
        if (revisionBump == 0) {
            return 0;
        }
        long bumped = latest + revisionBump;
        if (revisionBump < 0 || bumped < 0) {
            throw new IOException("there is no revision " + Long.toUnsignedString(revisionBump) + " above " + latest);
        }
        log.atInfo()
                .addKeyValue("latest-revision", latest)
                .addKeyValue("bump-amount", revisionBump)
                .addKeyValue("new-latest-revision", bumped)
                .log("bumping latest revision");
        log.atInfo().addKeyValue("revision", bumped).log("marking revision compacted");
        return bumped;
    }

    /** Writes what is new, inside an entry of the backend. */
    private static void found(Backend backend, List<Member> members, long bumped) {
        if (bumped != 0) {
            backend.put(Bucket.KEY, RevisionKey.of(bumped, 0), new byte[0]);
            backend.put(Bucket.META, MetaKeys.SCHEDULED_COMPACT_REV.key(), RevisionKey.of(bumped, 0));
        }
        new MemberTable(backend).found(members);
    }

    private static void logMembers(List<Member> members, Identity identity) {
        members.forEach(member -> log.atInfo()
                .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                .addKeyValue("added-peer-id", MemberIds.toText(member.getID()))
                .addKeyValue("added-peer-peer-urls", member.getPeerURLsList())
                .addKeyValue("added-peer-is-learner", member.getIsLearner())
                .log("added member"));
    }
}

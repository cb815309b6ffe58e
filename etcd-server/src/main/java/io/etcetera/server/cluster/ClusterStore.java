package io.etcetera.server.cluster;

import com.google.protobuf.Message;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.proto.membershippb.DowngradeInfoSetRequest;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.cluster.leader.Founder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members and the cluster's version, kept in the buckets {@code members}, {@code members_removed}, {@code cluster} and {@code
 * meta}. Written by the apply thread alone; what others see is replaced as a whole.
 */
public final class ClusterStore implements Membership {
    private static final Logger log = LoggerFactory.getLogger(ClusterStore.class);

    private final Identity identity;
    private final Backend backend;
    private final MemberTable table;
    private final MembershipChanges changes;
    private final VersionTable versions;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Loads what is in the backend. */
    public ClusterStore(Identity identity, Backend backend) {
        this.identity = identity;
        this.backend = backend;
        this.table = new MemberTable(backend);
        this.changes = new MembershipChanges(identity, table);
        this.versions = new VersionTable(identity, backend);
    }

    /** Takes over what is in the backend by now, after another store was put in its place. Apply thread only. */
    public void reload() {
        table.reload();
        versions.reload();
        listeners.forEach(Runnable::run);
    }

    /**
     * Records the members that this one starts with, durably. Outside of the log, since they follow from the
     * configuration; to be called before the log starts. Does nothing on a member that has run before. Holds until
     * the entry of the {@link Founder} is applied.
     *
     * @throws ClusterConfigException if the store is another member's, or the configuration has changed since a first
     *     start that did not get this far
     */
    public void bootstrap(EtcdConfig config, FirstStart start) throws ClusterConfigException, InterruptedException {
        boolean listed = table.view().member(identity.memberId()) != null || isRemoved(identity.memberId());
        // One that has joined may have stopped before it came to the entry that adds it.
        if (listed || (identity.joined() && backend.consistentIndex() > 0)) {
            return;
        }
        String who =
                "data directory " + config.dataDir() + " is that of member " + MemberIds.toText(identity.memberId());
        if (!members().isEmpty() || backend.consistentIndex() > 0) {
            throw new ClusterConfigException(
                    who + ", but its store does not list that member: the two do not belong together; restore the whole"
                            + " directory from a backup, or start with an empty one");
        }
        Bootstrap bootstrap = start.bootstrap();
        if (!bootstrap.identity().equals(identity)) {
            throw new ClusterConfigException(
                    who + ", which has never been started completely, and the initial cluster has"
                            + " changed since; start with an empty data directory");
        }
        backend.beginEntry();
        bootstrap.members().forEach(table::put);
        backend.endEntry();
        backend.commit().toCompletableFuture().join();
        bootstrap.members().forEach(changes::logAdded);
    }

    /** Takes the members that are in a store for those that the log has named, inside an entry of the backend. */
    public static void markFounded(Backend backend) {
        MemberTable.markFounded(backend);
    }

    /**
     * Puts a member into a store, inside an entry of the backend: one that a log has named which this member does not keep.
     */
    public void putFromElsewhere(Member member) {
        table.put(member);
    }

    /** Who votes in a log that is empty. */
    public List<Long> initialVoters() {
        return identity.joined()
                ? List.of()
                : members().stream()
                        .filter(member -> !member.getIsLearner())
                        .map(Member::getID)
                        .toList();
    }

    /**
     * Changes who is in the cluster, inside an entry of the backend. Apply thread only.
     *
     * @return the response of the request that asked for it, without a header; the same for the same change on all members
     * @throws EtcdException if the change is refused, on all members alike
     */
    public Message change(MembershipChange change) throws EtcdException {
        Message response = changes.apply(change);
        listeners.forEach(Runnable::run);
        return response;
    }

    /**
     * Publishes a member's name and client URLs, inside an entry of the backend. Apply thread only.
     *
     * @throws EtcdException UNHEALTHY before the founding: that would undo it
     */
    public void setAttributes(ClusterMemberAttrSetRequest request) throws EtcdException {
        if (!isFounded()) {
            throw new EtcdException(EtcdError.UNHEALTHY);
        }
        Member member = table.view().member(request.getMemberID());
        if (member == null) {
            log.atWarn()
                    .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                    .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                    .addKeyValue("updated-peer-id", MemberIds.toText(request.getMemberID()))
                    .log("skipped attributes update of removed member");
            return;
        }
        table.put(member.toBuilder()
                .setName(request.getMemberAttributes().getName())
                .clearClientURLs()
                .addAllClientURLs(request.getMemberAttributes().getClientUrlsList())
                .build());
        listeners.forEach(Runnable::run);
    }

    /** Sets the version that all members can speak, inside an entry of the backend. Apply thread only. */
    public void setClusterVersion(String version) {
        versions.setCluster(version);
    }

    /** Begins or ends the way to an older version, inside an entry of the backend. Apply thread only. */
    public void setDowngrade(DowngradeInfoSetRequest request) {
        versions.setDowngrade(request);
    }

    /** Which versions the cluster is at. */
    public VersionView versions() {
        return versions;
    }

    @Override
    public long clusterId() {
        return identity.clusterId();
    }

    @Override
    public long memberId() {
        return identity.memberId();
    }

    @Override
    public List<Member> members() {
        return List.copyOf(table.view().members().values());
    }

    @Override
    public Optional<Member> member(long memberId) {
        return Optional.ofNullable(table.view().member(memberId));
    }

    @Override
    public boolean isRemoved(long memberId) {
        return table.view().removed().contains(memberId);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Whether the log has said who the first members are. Until then no member can be changed. */
    public boolean isFounded() {
        return table.view().founded();
    }
}

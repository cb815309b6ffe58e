package io.etcetera.server.cluster;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.server.EtcdConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members and the cluster's version, kept in the buckets {@code members}, {@code cluster} and {@code meta}. Written by
 * the apply thread alone; what others see is replaced as a whole.
 */
public final class ClusterStore implements Membership {
    private static final Logger log = LoggerFactory.getLogger(ClusterStore.class);
    private static final byte[] CLUSTER_VERSION = "clusterVersion".getBytes(StandardCharsets.UTF_8);

    private final Identity identity;
    private final Backend backend;
    private volatile Map<Long, Member> members;
    private volatile @Nullable String clusterVersion;

    /** Loads what is in the backend. */
    public ClusterStore(Identity identity, Backend backend) {
        this.identity = identity;
        this.backend = backend;
        Map<Long, Member> loaded = emptyMap();
        backend.forEach(Bucket.MEMBERS, (key, value) -> {
            Member member = MemberRecord.decode(value);
            loaded.put(member.getID(), member);
        });
        this.members = loaded;
        byte[] version = backend.get(Bucket.CLUSTER, CLUSTER_VERSION);
        this.clusterVersion = version == null ? null : new String(version, StandardCharsets.UTF_8);
    }

    private static Map<Long, Member> emptyMap() {
        return new TreeMap<>(Long::compareUnsigned);
    }

    /**
     * Records the members that this one starts with, durably. Outside of the log, since they follow from the
     * configuration; to be called before the log starts. Does nothing on a member that has run before.
     *
     * @throws ClusterConfigException if the store is another member's, or the configuration has changed since a first
     *     start that did not get this far
     */
    public void bootstrap(EtcdConfig config, Bootstrapper bootstrapper)
            throws ClusterConfigException, InterruptedException {
        if (members.containsKey(identity.memberId())) {
            return;
        }
        String who =
                "data directory " + config.dataDir() + " is that of member " + MemberIds.toText(identity.memberId());
        if (!members.isEmpty() || backend.consistentIndex() > 0) {
            throw new ClusterConfigException(
                    who + ", but its store does not list that member: the two do not belong together; restore the whole"
                            + " directory from a backup, or start with an empty one");
        }
        Bootstrap bootstrap = bootstrapper.bootstrap();
        if (!bootstrap.identity().equals(identity)) {
            throw new ClusterConfigException(
                    who + ", which has never been started completely, and the initial cluster has"
                            + " changed since; start with an empty data directory");
        }
        backend.beginEntry();
        bootstrap.members().forEach(this::put);
        backend.endEntry();
        backend.commit().toCompletableFuture().join();
        bootstrap.members().forEach(this::logAdded);
    }

    private void logAdded(Member member) {
        log.atInfo()
                .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                .addKeyValue("added-peer-id", MemberIds.toText(member.getID()))
                .addKeyValue("added-peer-peer-urls", member.getPeerURLsList())
                .addKeyValue("added-peer-is-learner", member.getIsLearner())
                .log("added member");
    }

    /** Who votes in a log that is empty. */
    public List<Long> initialVoters() {
        return identity.joined()
                ? List.of()
                : members.values().stream()
                        .filter(member -> !member.getIsLearner())
                        .map(Member::getID)
                        .toList();
    }

    /** Publishes a member's name and client URLs, inside an entry of the backend. Apply thread only. */
    public void setAttributes(ClusterMemberAttrSetRequest request) {
        Member member = members.get(request.getMemberID());
        if (member == null) {
            log.atWarn()
                    .addKeyValue("updated-peer-id", MemberIds.toText(request.getMemberID()))
                    .log("skipped attributes update of removed member");
            return;
        }
        put(member.toBuilder()
                .setName(request.getMemberAttributes().getName())
                .clearClientURLs()
                .addAllClientURLs(request.getMemberAttributes().getClientUrlsList())
                .build());
    }

    private void put(Member member) {
        backend.put(Bucket.MEMBERS, MemberRecord.key(member.getID()), MemberRecord.encode(member));
        Map<Long, Member> changed = emptyMap();
        changed.putAll(members);
        changed.put(member.getID(), member);
        members = changed;
    }

    /** Sets the version that all members can speak, inside an entry of the backend. Apply thread only. */
    public void setClusterVersion(String version) {
        byte[] bytes = version.getBytes(StandardCharsets.UTF_8);
        backend.put(Bucket.CLUSTER, CLUSTER_VERSION, bytes);
        backend.put(Bucket.META, MetaKeys.STORAGE_VERSION.key(), bytes);
        String previous = clusterVersion;
        clusterVersion = version;
        log.atInfo()
                .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                .addKeyValue("cluster-version", majorMinor(version))
                .log(previous == null ? "set initial cluster version" : "updated cluster version");
    }

    private static String majorMinor(String version) {
        int patch = version.lastIndexOf('.');
        return patch > 0 ? version.substring(0, patch) : version;
    }

    /** The cluster's version, such as 3.7.0; null until the first leader has set it. */
    public @Nullable String clusterVersion() {
        return clusterVersion;
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
        return List.copyOf(members.values());
    }
}

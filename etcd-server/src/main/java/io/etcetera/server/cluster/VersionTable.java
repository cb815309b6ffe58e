package io.etcetera.server.cluster;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.proto.membershippb.DowngradeInfoSetRequest;
import io.etcetera.server.EtcdVersion;
import io.etcetera.server.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's version and the way to an older one, kept in the buckets {@code cluster} and {@code meta} as etcd keeps them. Written
 * by the apply thread, inside an entry of the backend; what others see is replaced as a whole.
 */
final class VersionTable implements VersionView {
    private static final Logger log = LoggerFactory.getLogger(VersionTable.class);
    private static final byte[] CLUSTER_VERSION = "clusterVersion".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DOWNGRADE = "downgrade".getBytes(StandardCharsets.UTF_8);
    private static final String TARGET = "target-version";
    private static final String ENABLED = "enabled";

    private final Identity identity;
    private final Backend backend;
    private volatile Versions versions;

    private record Versions(
            @Nullable String cluster, @Nullable String storage, Downgrade downgrade) {}

    VersionTable(Identity identity, Backend backend) {
        this.identity = identity;
        this.backend = backend;
        this.versions = read();
    }

    /** Takes over what is in the backend by now. */
    void reload() {
        versions = read();
    }

    private Versions read() {
        byte[] downgrade = backend.get(Bucket.CLUSTER, DOWNGRADE);
        return new Versions(
                text(backend.get(Bucket.CLUSTER, CLUSTER_VERSION)),
                text(backend.get(Bucket.META, MetaKeys.STORAGE_VERSION.key())),
                downgrade == null ? Downgrade.NONE : decode(new String(downgrade, StandardCharsets.UTF_8)));
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private static Downgrade decode(String text) {
        try {
            Map<String, Object> json = Json.parseObject(text);
            return new Downgrade(Boolean.TRUE.equals(json.get(ENABLED)), (String) json.getOrDefault(TARGET, ""));
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new CorruptStoreException("the downgrade in bucket cluster cannot be read: " + text, e);
        }
    }

    void setCluster(String version) {
        byte[] bytes = version.getBytes(StandardCharsets.UTF_8);
        backend.put(Bucket.CLUSTER, CLUSTER_VERSION, bytes);
        backend.put(Bucket.META, MetaKeys.STORAGE_VERSION.key(), bytes);
        Versions before = versions;
        versions = new Versions(version, version, before.downgrade());
        log.atInfo()
                .addKeyValue("cluster-id", MemberIds.toText(identity.clusterId()))
                .addKeyValue("local-member-id", MemberIds.toText(identity.memberId()))
                .addKeyValue("cluster-version", majorMinor(version))
                .log(before.cluster() == null ? "set initial cluster version" : "updated cluster version");
        if (before.downgrade().enabled() && before.downgrade().target().equals(version)) {
            log.atInfo()
                    .addKeyValue("target-version", version)
                    .addKeyValue("server-version", EtcdVersion.SERVER)
                    .log("The server is ready to downgrade");
        }
    }

    void setDowngrade(DowngradeInfoSetRequest request) {
        Downgrade downgrade = request.getEnabled() ? new Downgrade(true, request.getVer()) : Downgrade.NONE;
        String json = "{\"" + TARGET + "\":" + Json.quote(downgrade.target()) + ",\"" + ENABLED + "\":"
                + downgrade.enabled() + "}";
        backend.put(Bucket.CLUSTER, DOWNGRADE, json.getBytes(StandardCharsets.UTF_8));
        versions = new Versions(versions.cluster(), versions.storage(), downgrade);
    }

    /** Without the last part: {@code 3.7} of {@code 3.7.0}. */
    static String majorMinor(String version) {
        int patch = version.lastIndexOf('.');
        return patch > 0 ? version.substring(0, patch) : version;
    }

    @Override
    public Optional<String> cluster() {
        return Optional.ofNullable(versions.cluster());
    }

    @Override
    public Optional<String> storage() {
        return Optional.ofNullable(versions.storage());
    }

    @Override
    public Downgrade downgrade() {
        return versions.downgrade();
    }
}

package io.etcetera.server.testing;

import io.etcetera.server.cluster.VersionView;
import java.util.Optional;

/** Versions that change when told. */
public final class FakeVersions implements VersionView {
    public volatile Optional<String> cluster = Optional.of("3.7.0");
    public volatile Downgrade downgrade = Downgrade.NONE;

    @Override
    public Optional<String> cluster() {
        return cluster;
    }

    /** As long as nobody tells otherwise, the store follows the cluster at once. */
    @Override
    public Optional<String> storage() {
        return cluster;
    }

    @Override
    public Downgrade downgrade() {
        return downgrade;
    }
}

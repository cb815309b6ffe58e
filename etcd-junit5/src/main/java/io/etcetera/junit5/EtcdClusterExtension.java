package io.etcetera.junit5;

import io.etcetera.server.EtcdConfig;
import io.grpc.Channel;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster of etcd for the tests of a class, inside their JVM:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EtcdClusterExtension cluster = EtcdClusterExtension.builder().withNodes(3).build();
 * }</pre>
 *
 * <p>In a static field, the cluster is there for the whole class, its nested classes included, and for all classes that share
 * the field, as long as one of them runs; in an instance field, each test has a cluster of its own. Tests may run in parallel.
 */
public final class EtcdClusterExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final ClusterPlan plan;

    /** Classes, or tests, that use the cluster. */
    private int users;

    /** Whether it was begun for a class: then tests neither start nor stop it. */
    private boolean forClass;

    private @Nullable EtcdCluster cluster;

    private EtcdClusterExtension(ClusterPlan plan) {
        this.plan = plan;
    }

    /** Begins to describe a cluster: by default of one member, without TLS. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public synchronized void beforeAll(ExtensionContext context) {
        enter();
        forClass = true;
    }

    @Override
    public synchronized void beforeEach(ExtensionContext context) {
        if (!forClass) {
            enter();
        }
    }

    @Override
    public synchronized void afterEach(ExtensionContext context) {
        if (!forClass) {
            leave();
        }
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) {
        leave();
        forClass = users > 0;
    }

    private void enter() {
        if (users == 0) {
            cluster = EtcdCluster.start(plan);
        }
        users++;
    }

    /** Called after a start that failed, too. */
    private void leave() {
        EtcdCluster last = cluster;
        if (users > 0 && --users == 0 && last != null) {
            cluster = null;
            last.close();
        }
    }

    /**
     * The cluster.
     *
     * @throws IllegalStateException before and after the tests that it is for
     */
    public synchronized EtcdCluster cluster() {
        EtcdCluster running = cluster;
        if (running == null) {
            throw new IllegalStateException("the cluster is there only while the tests run that it is for");
        }
        return running;
    }

    /** See {@link EtcdCluster#clusterName()}. */
    public String clusterName() {
        return plan.name();
    }

    /** See {@link EtcdCluster#clientEndpoints()}. */
    public List<URI> clientEndpoints() {
        return cluster().clientEndpoints();
    }

    /** See {@link EtcdCluster#peerEndpoints()}. */
    public List<URI> peerEndpoints() {
        return cluster().peerEndpoints();
    }

    /** See {@link EtcdCluster#members()}. */
    public List<EtcdMember> members() {
        return cluster().members();
    }

    /** See {@link EtcdCluster#channel()}. */
    public Channel channel() {
        return cluster().channel();
    }

    /** See {@link EtcdCluster#caFile()}. */
    public Path caFile() {
        return cluster().caFile();
    }

    /** See {@link EtcdCluster#restart()}. */
    public void restart() {
        cluster().restart();
    }

    /**
     * Stops all members, waits, and starts them again.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; the members stay down then
     */
    public void restart(long delay, TimeUnit unit) throws InterruptedException {
        EtcdCluster running = cluster();
        running.members().forEach(EtcdMember::stop);
        unit.sleep(delay);
        running.restart();
    }

    /** Describes a cluster. One thread. */
    public static final class Builder {
        private ClusterPlan plan = ClusterPlan.DEFAULT;

        private Builder() {}

        /** How many members it has, at least 1. */
        public Builder withNodes(int nodes) {
            plan = plan.withSize(nodes);
            return this;
        }

        /** Whether clients and peers are served by TLS, with certificates made for it: see {@link #caFile()}. */
        public Builder withSsl(boolean ssl) {
            plan = plan.withTls(ssl);
            return this;
        }

        /** Turns authentication on, with the user root and this password; empty leaves it off. */
        public Builder withRootPassword(String password) {
            plan = plan.withRootPassword(password);
            return this;
        }

        /** The cluster's name, from which those of its members are made; {@code etcd} if not given. */
        public Builder withClusterName(String name) {
            plan = plan.withName(name);
            return this;
        }

        /** Changes each member's configuration; addresses, directory and names are better left alone. */
        public Builder withConfig(UnaryOperator<EtcdConfig.Builder> change) {
            plan = plan.withChange(change);
            return this;
        }

        /** The extension; the cluster starts with the tests. */
        public EtcdClusterExtension build() {
            return new EtcdClusterExtension(plan);
        }
    }
}

package io.etcetera.junit5;

import io.etcetera.server.EtcdConfig;
import java.util.function.UnaryOperator;

/**
 * What a cluster is to be like.
 *
 * @param size number of members, at least 1
 * @param tls whether clients and peers are served by TLS
 * @param rootPassword of the user root, without which nothing is answered; empty if anybody may do anything
 * @param name of the cluster, and the beginning of its members' names
 * @param change made to each member's configuration
 */
record ClusterPlan(int size, boolean tls, String rootPassword, String name, UnaryOperator<EtcdConfig.Builder> change) {
    static final ClusterPlan DEFAULT = new ClusterPlan(1, false, "", "etcd", UnaryOperator.identity());

    ClusterPlan {
        if (size < 1) {
            throw new IllegalArgumentException("a cluster has at least one member, not " + size);
        }
        if (name.isEmpty() || name.contains("=") || name.contains(",")) {
            throw new IllegalArgumentException("'" + name + "' cannot be the name of a cluster");
        }
    }

    ClusterPlan withSize(int value) {
        return new ClusterPlan(value, tls, rootPassword, name, change);
    }

    ClusterPlan withTls(boolean value) {
        return new ClusterPlan(size, value, rootPassword, name, change);
    }

    ClusterPlan withRootPassword(String value) {
        return new ClusterPlan(size, tls, value, name, change);
    }

    ClusterPlan withName(String value) {
        return new ClusterPlan(size, tls, rootPassword, value, change);
    }

    ClusterPlan withChange(UnaryOperator<EtcdConfig.Builder> value) {
        return new ClusterPlan(size, tls, rootPassword, name, value);
    }

    String scheme() {
        return tls ? "https" : "http";
    }
}

package io.etcetera.server.cluster.boot;

import io.etcetera.server.cluster.ClusterConfigException;

/** The members of a new cluster did not find each other; the message is for the operator, and etcd's. */
public final class DiscoveryException extends ClusterConfigException {
    private static final long serialVersionUID = 1L;

    DiscoveryException(String message) {
        super("failed to join discovery cluster (" + message + ")");
    }
}

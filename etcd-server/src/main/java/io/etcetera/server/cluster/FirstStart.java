package io.etcetera.server.cluster;

/** Finds out what a member begins with when it starts for the first time. */
@FunctionalInterface
public interface FirstStart {
    /**
     * What the member begins with. Found once; changes nothing.
     *
     * @throws ClusterConfigException with etcd's words, if it cannot start like this
     */
    Bootstrap bootstrap() throws ClusterConfigException, InterruptedException;
}

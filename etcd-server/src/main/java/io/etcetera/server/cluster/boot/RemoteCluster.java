package io.etcetera.server.cluster.boot;

import io.etcetera.proto.etcdserverpb.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Asks members of a running cluster who they are, for a member that has no part in it yet. Answers come from the peer
 * port: {@code GET /members}, with the cluster's ID in the header {@code X-Etcd-Cluster-ID}, and {@code GET /version}.
 * Both methods block.
 */
public interface RemoteCluster {
    /** For a member without peers: nobody can be reached. */
    RemoteCluster NONE = new RemoteCluster() {
        @Override
        public View members(String peerUrl, Duration timeout) throws IOException {
            throw new IOException("no way to reach other members");
        }

        @Override
        public String clusterVersion(String peerUrl, Duration timeout) throws IOException {
            throw new IOException("no way to reach other members");
        }
    };

    /**
     * The cluster as the member at this URL knows it.
     *
     * @param timeout for all of it, from connecting to the last byte
     * @throws IOException if there is no answer in time, or not one that a member gives
     */
    View members(String peerUrl, Duration timeout) throws IOException, InterruptedException;

    /**
     * The version that all members of the cluster can speak, such as {@code 3.7.0}, or {@code not_decided}.
     *
     * @throws IOException as with {@link #members}
     */
    String clusterVersion(String peerUrl, Duration timeout) throws IOException, InterruptedException;

    /**
     * A cluster as one of its members sees it.
     *
     * @param members in no particular order; may be empty
     */
    record View(long clusterId, List<Member> members) {
        public View {
            members = List.copyOf(members);
        }
    }
}

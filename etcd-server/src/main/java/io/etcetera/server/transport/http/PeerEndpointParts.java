package io.etcetera.server.transport.http;

import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.read.ReadBarrier;
import io.etcetera.server.transport.PeerHandlers;

/**
 * What the HTTP endpoints of the peer port answer from.
 *
 * @param versions which the cluster is at
 * @param leases answers NOT_PRIMARY_LESSOR if this member does not lead
 * @param promotion makes a learner a voter, wherever the leader is
 * @param hash of the history of all keys up to a revision; blocks
 */
public record PeerEndpointParts(
        Membership membership,
        VersionView versions,
        ReadBarrier reads,
        Leases leases,
        PeerHandlers.Promotion promotion,
        Hash hash) {

    /** Computes a hash; blocks. */
    @FunctionalInterface
    public interface Hash {
        KvHashResult at(long revision) throws RevisionException, InterruptedException;
    }

    /** The cluster's ID as answers name it. */
    String clusterId() {
        return Long.toHexString(membership.clusterId());
    }

    /** An answer that says whose it is. */
    HttpReply ofCluster(HttpReply reply) {
        return reply.with("X-Etcd-Cluster-Id", clusterId());
    }
}

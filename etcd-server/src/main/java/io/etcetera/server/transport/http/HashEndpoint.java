package io.etcetera.server.transport.http;

import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.server.WorkerPool;
import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.read.RevisionErrors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * {@code GET /members/hashkv}: by this, members compare their stores. One hash at a time, each a pass over the whole
 * store, on a thread that is there only while it has work.
 */
final class HashEndpoint implements AutoCloseable {
    private static final int MAX_WAITING = 64;
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final String PREFIX = "etcdserver: ";

    private final PeerEndpointParts parts;
    private final WorkerPool thread;

    HashEndpoint(PeerEndpointParts parts) {
        this.parts = parts;
        this.thread = WorkerPool.bounded("etcd-peer-hash", 1, IDLE, MAX_WAITING);
    }

    void hash(HttpRequest request, Consumer<HttpReply> reply) {
        boolean otherCluster = request.header("X-Etcd-Cluster-ID")
                .filter(id -> !id.isEmpty() && !id.equals(parts.clusterId()))
                .isPresent();
        if (otherCluster) {
            reply.accept(HttpReply.error(412, "cluster ID mismatch"));
            return;
        }
        try {
            long revision = PeerJson.parseHashRevision(new String(request.body(), StandardCharsets.UTF_8));
            thread.execute(() -> reply.accept(hashAt(revision)));
        } catch (IllegalArgumentException e) {
            reply.accept(HttpReply.error(400, "error unmarshalling request"));
        } catch (RejectedExecutionException e) {
            reply.accept(HttpReply.error(503, "too many hashes are asked for"));
        }
    }

    private HttpReply hashAt(long revision) {
        try {
            KvHashResult result = parts.hash().at(revision);
            return parts.ofCluster(HttpReply.of(200, PeerEndpoints.JSON, PeerJson.hash(result)));
        } catch (RevisionException e) {
            // The store's own words here, which the API puts a prefix before.
            return HttpReply.error(400, RevisionErrors.toEtcd(e).error().text().substring(PREFIX.length()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpReply.error(503, "the member stops");
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}

package io.etcetera.server.transport.http;

import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.net.http.HttpHandler;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import java.util.function.Consumer;

/**
 * Plain HTTP on the peer port: what etcd's tools and members that join ask, as etcd answers it. Thread-safe, but for
 * {@link #close}.
 */
public final class PeerEndpoints implements HttpHandler, AutoCloseable {
    static final String JSON = "application/json";

    private static final String RAFT = "/raft";

    private final PeerEndpointParts parts;
    private final MemberEndpoints members;
    private final LeaseEndpoints leases;
    private final HashEndpoint hashes;
    private final RaftEndpoints raft;

    /** Answers from a running member. */
    public PeerEndpoints(PeerEndpointParts parts, TimeSource time) {
        this.parts = parts;
        this.members = new MemberEndpoints(parts);
        this.leases = new LeaseEndpoints(parts.leases());
        this.hashes = new HashEndpoint(parts);
        this.raft = new RaftEndpoints(parts, time);
    }

    @Override
    public void handle(HttpRequest request, Consumer<HttpReply> reply) {
        String path = request.path();
        switch (path) {
            case "/version" -> ifMethod("GET", request, reply, this::version);
            case "/members" -> ifMethod("GET", request, reply, members::list);
            case "/members/hashkv" -> ifMethod("GET", request, reply, hashes::hash);
            case "/downgrade/enabled" -> ifMethod("GET", request, reply, this::downgradeEnabled);
            case "/leases" -> leases.renew(request, reply);
            case "/leases/internal" -> leases.timeToLive(request, reply);
            default -> {
                if (path.startsWith(MemberEndpoints.PROMOTE)) {
                    ifMethod("POST", request, reply, members::promote);
                } else if (path.startsWith(RAFT)) {
                    raft.handle(request, reply);
                } else {
                    reply.accept(HttpReply.notFound());
                }
            }
        }
    }

    /** Refuses other methods than the one that a path is for. */
    static void ifMethod(String method, HttpRequest request, Consumer<HttpReply> reply, HttpHandler handler) {
        if (request.method().equals(method)) {
            handler.handle(request, reply);
        } else {
            reply.accept(HttpReply.methodNotAllowed(method));
        }
    }

    private void version(HttpRequest request, Consumer<HttpReply> reply) {
        reply.accept(HttpReply.of(200, JSON, PeerJson.versions(parts.versions())));
    }

    private void downgradeEnabled(HttpRequest request, Consumer<HttpReply> reply) {
        parts.reads().await(parts.versions(), new ResultCallback<>() {
            @Override
            public void completed(VersionView versions) {
                String enabled = String.valueOf(versions.downgrade().enabled());
                reply.accept(parts.ofCluster(HttpReply.of(200, "text/plain", enabled)));
            }

            @Override
            public void failed(EtcdException error) {
                reply.accept(parts.ofCluster(HttpReply.error(500, "failed linearized read: " + error.getMessage())));
            }
        });
    }

    /** Ends what is still being computed, without an answer. */
    @Override
    public void close() {
        hashes.close();
    }
}

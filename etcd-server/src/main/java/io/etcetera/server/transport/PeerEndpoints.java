package io.etcetera.server.transport;

import io.etcetera.server.cluster.Membership;
import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.net.HttpHandler;
import io.etcetera.server.net.HttpReply;
import io.etcetera.server.net.HttpRequest;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Plain HTTP on the peer port: what etcd's tools and members that join ask. Thread-safe. */
public final class PeerEndpoints implements HttpHandler {
    private static final String JSON = "application/json";

    private final Membership membership;
    private final Supplier<Optional<String>> clusterVersion;

    public PeerEndpoints(Membership membership, Supplier<Optional<String>> clusterVersion) {
        this.membership = membership;
        this.clusterVersion = clusterVersion;
    }

    @Override
    public void handle(HttpRequest request, Consumer<HttpReply> reply) {
        switch (request.path()) {
            case "/version" -> reply.accept(get(request, this::version));
            case "/members" -> reply.accept(get(request, this::members));
            default -> reply.accept(HttpReply.notFound());
        }
    }

    private static HttpReply get(HttpRequest request, Supplier<HttpReply> answer) {
        return request.method().equals("GET") ? answer.get() : HttpReply.methodNotAllowed("GET");
    }

    private HttpReply version() {
        return HttpReply.of(200, JSON, PeerJson.versions(clusterVersion.get()));
    }

    private HttpReply members() {
        return ofCluster(HttpReply.of(200, JSON, PeerJson.members(membership.members()) + "\n"));
    }

    private HttpReply ofCluster(HttpReply reply) {
        return reply.with("X-Etcd-Cluster-Id", Long.toHexString(membership.clusterId()));
    }
}

package io.etcetera.server.transport.http;

import io.etcetera.server.EtcdVersion;
import io.etcetera.server.TimeSource;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * {@code /raft...}: where the members of a Go etcd speak with each other. This server does not speak that protocol, so
 * they are told what they understand: that the versions do not go together. The probe is answered; it asks for nothing.
 */
final class RaftEndpoints {
    private static final String STREAMS = "/raft/stream/";

    private final PeerEndpointParts parts;
    private final TimeSource time;

    RaftEndpoints(PeerEndpointParts parts, TimeSource time) {
        this.parts = parts;
        this.time = time;
    }

    void handle(HttpRequest request, Consumer<HttpReply> reply) {
        switch (request.path()) {
            case "/raft/probing" -> reply.accept(probe());
            case "/raft", "/raft/snapshot" ->
                PeerEndpoints.ifMethod("POST", request, reply, (post, answer) -> answer.accept(incompatible()));
            default -> {
                if (request.path().startsWith(STREAMS)) {
                    PeerEndpoints.ifMethod(
                            "GET",
                            request,
                            reply,
                            (get, answer) ->
                                    answer.accept(incompatible().with("X-Server-Version", EtcdVersion.SERVER)));
                } else {
                    reply.accept(HttpReply.notFound());
                }
            }
        }
    }

    private HttpReply probe() {
        Instant now = Instant.ofEpochMilli(time.currentTimeMillis());
        return HttpReply.of(200, "text/plain; charset=utf-8", "{\"OK\":true,\"Now\":\"" + now + "\"}\n");
    }

    private HttpReply incompatible() {
        return parts.ofCluster(HttpReply.error(412, "incompatible version"));
    }
}

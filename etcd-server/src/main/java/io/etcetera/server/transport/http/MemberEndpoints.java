package io.etcetera.server.transport.http;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.PeerJson;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import java.util.List;
import java.util.function.Consumer;

/** {@code GET /members} and {@code POST /members/promote/<decimal id>}. */
final class MemberEndpoints {
    static final String PROMOTE = "/members/promote/";

    private final PeerEndpointParts parts;

    MemberEndpoints(PeerEndpointParts parts) {
        this.parts = parts;
    }

    void list(HttpRequest request, Consumer<HttpReply> reply) {
        reply.accept(members(parts.membership().members()));
    }

    private HttpReply members(List<Member> members) {
        String body = PeerJson.members(members) + "\n";
        return parts.ofCluster(HttpReply.of(200, PeerEndpoints.JSON, body));
    }

    void promote(HttpRequest request, Consumer<HttpReply> reply) {
        String text = request.path().substring(PROMOTE.length());
        long memberId;
        try {
            memberId = Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            reply.accept(parts.ofCluster(HttpReply.error(404, "member " + text + " not found in cluster")));
            return;
        }
        parts.promotion().promote(memberId, new ResultCallback<>() {
            @Override
            public void completed(List<Member> members) {
                reply.accept(members(members));
            }

            @Override
            public void failed(EtcdException error) {
                reply.accept(parts.ofCluster(refusal(error)));
            }
        });
    }

    private static HttpReply refusal(EtcdException error) {
        return switch (error.error()) {
            case MEMBER_NOT_FOUND -> HttpReply.error(404, "membership: ID not found");
            case MEMBER_NOT_LEARNER -> HttpReply.error(412, "membership: can only promote a learner member");
            case LEARNER_NOT_READY -> HttpReply.error(412, error.error().text());
            default -> HttpReply.of(500, PeerEndpoints.JSON, "{\"message\":\"Internal Server Error\"}");
        };
    }
}

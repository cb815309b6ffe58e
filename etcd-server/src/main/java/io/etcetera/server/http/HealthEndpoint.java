package io.etcetera.server.http;

import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.server.net.http.HttpHandler;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.text.JsonStrings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /health}: whether the cluster serves writes through this member. Asks for alarms first, then for a leader, and
 * reads last; {@code serializable=true} asks for this member alone, {@code exclude} leaves out an alarm.
 */
final class HealthEndpoint implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(HealthEndpoint.class);
    private static final String HEALTHY = "{\"health\":\"true\",\"reason\":\"\"}";

    private final HttpParts parts;
    private final ReadProbe reads;

    HealthEndpoint(HttpParts parts, ReadProbe reads) {
        this.parts = parts;
        this.reads = reads;
    }

    @Override
    public void handle(HttpRequest request, Consumer<HttpReply> reply) {
        boolean serializable =
                request.parameters("serializable").stream().findFirst().equals(Optional.of("true"));
        var unused = illness(serializable, request.parameters("exclude")).thenAccept(reason -> {
            parts.member().metrics().health().health(reason.isEmpty());
            reply.accept(reason.map(HealthEndpoint::unhealthy).orElseGet(HealthEndpoint::healthy));
        });
    }

    /** Why the member is not healthy; empty if it is. */
    private CompletableFuture<Optional<String>> illness(boolean serializable, List<String> excluded) {
        for (AlarmMember alarm : parts.member().alarms().active()) {
            String name = alarm.getAlarm().name();
            if (!excluded.contains(name)) {
                log.atWarn()
                        .addKeyValue("alarm", name)
                        .addKeyValue("member-id", Long.toHexString(alarm.getMemberID()))
                        .log("serving /health false due to an alarm");
                return CompletableFuture.completedFuture(Optional.of("ALARM " + known(name)));
            }
        }
        if (!serializable && parts.member().raft().leaderId() == 0) {
            log.warn("serving /health false; no leader");
            return CompletableFuture.completedFuture(Optional.of("RAFT NO LEADER"));
        }
        return (serializable ? reads.serializable() : reads.linearizable()).thenApply(failure -> {
            failure.ifPresent(
                    error -> log.atWarn().addKeyValue("error", error).log("serving /health false; Range fails"));
            return failure.map(error -> "RANGE ERROR:" + error);
        });
    }

    private static String known(String alarm) {
        return alarm.equals("NOSPACE") || alarm.equals("CORRUPT") ? alarm : "UNKNOWN";
    }

    private static HttpReply healthy() {
        log.atDebug().addKeyValue("status-code", 200).log("/health OK");
        return HttpReply.of(200, "text/plain; charset=utf-8", HEALTHY);
    }

    private static HttpReply unhealthy(String reason) {
        String output = "{\"health\":\"false\",\"reason\":" + JsonStrings.quote(reason) + "}";
        log.atWarn()
                .addKeyValue("output", output)
                .addKeyValue("status-code", 503)
                .log("/health error");
        return HttpReply.error(503, output);
    }
}

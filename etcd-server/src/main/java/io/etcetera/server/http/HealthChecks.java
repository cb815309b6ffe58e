package io.etcetera.server.http;

import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.server.metrics.HealthMetrics;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several checks under one path, such as {@code GET /readyz}, and each of them under a path of its own. All are made, and
 * the answer tells about each if one has failed, or if {@code verbose} is asked for; {@code exclude} leaves one out.
 */
final class HealthChecks {
    private static final Logger log = LoggerFactory.getLogger(HealthChecks.class);

    private final String type;
    private final Map<String, Supplier<CompletableFuture<Optional<String>>>> checks;
    private final HealthMetrics listener;

    private record Result(String name, Optional<String> failure) {
        String line() {
            return failure.map(error -> "[-]" + name + " failed: " + error).orElseGet(() -> "[+]" + name + " ok")
                    + "\n";
        }
    }

    private HealthChecks(
            String type, Map<String, Supplier<CompletableFuture<Optional<String>>>> checks, HealthMetrics listener) {
        this.type = type;
        this.checks = checks;
        this.listener = listener;
    }

    /** Whether the process is worth keeping. */
    static HealthChecks livez(HttpParts parts, ReadProbe reads) {
        return new HealthChecks(
                "livez",
                Map.of("serializable_read", reads::serializable),
                parts.member().metrics().health());
    }

    /** Whether requests should be sent here. */
    static HealthChecks readyz(HttpParts parts, ReadProbe reads) {
        Map<String, Supplier<CompletableFuture<Optional<String>>>> checks = new LinkedHashMap<>();
        checks.put("data_corruption", () -> CompletableFuture.completedFuture(corruption(parts)));
        checks.put("serializable_read", reads::serializable);
        checks.put("linearizable_read", reads::linearizable);
        checks.put("non_learner", () -> CompletableFuture.completedFuture(learner(parts)));
        return new HealthChecks("readyz", checks, parts.member().metrics().health());
    }

    private static Optional<String> corruption(HttpParts parts) {
        return parts.member().alarms().active().stream()
                .filter(alarm -> alarm.getAlarm() == AlarmType.CORRUPT)
                .findFirst()
                .map(alarm -> "alarm activated: CORRUPT");
    }

    private static Optional<String> learner(HttpParts parts) {
        return parts.member().membership().isLearner() ? Optional.of("not supported for learner") : Optional.empty();
    }

    void addTo(Routes routes) {
        routes.get("/" + type, (request, reply) -> check(request, reply, chosen(request.parameters("exclude"))));
        checks.keySet()
                .forEach(name ->
                        routes.get("/" + type + "/" + name, (request, reply) -> check(request, reply, List.of(name))));
    }

    private List<String> chosen(List<String> excluded) {
        String unknown = excluded.stream()
                .filter(name -> !name.isEmpty() && !checks.containsKey(name))
                .distinct()
                .map(name -> '"' + name + '"')
                .collect(Collectors.joining(","));
        if (!unknown.isEmpty()) {
            log.atWarn().addKeyValue("missing-health-checks", unknown).log("some health checks cannot be excluded");
        }
        return checks.keySet().stream().filter(name -> !excluded.contains(name)).toList();
    }

    private void check(HttpRequest request, Consumer<HttpReply> reply, List<String> names) {
        CompletableFuture<List<Result>> results = CompletableFuture.completedFuture(new ArrayList<>());
        for (String name : names) {
            CompletableFuture<Optional<String>> outcome = run(name);
            results = results.thenCombine(outcome, (list, failure) -> {
                list.add(new Result(name, failure));
                return list;
            });
        }
        boolean verbose = request.query().containsKey("verbose");
        var unused = results.thenAccept(list -> {
            list.forEach(result ->
                    listener.checked(type, result.name(), result.failure().isEmpty()));
            reply.accept(answer(request.path(), list, verbose));
        });
    }

    private CompletableFuture<Optional<String>> run(String name) {
        Supplier<CompletableFuture<Optional<String>>> check = checks.get(name);
        if (check == null) {
            throw new IllegalArgumentException("no such check: " + name);
        }
        return check.get();
    }

    private static HttpReply answer(String path, List<Result> results, boolean verbose) {
        String details = results.stream().map(Result::line).collect(Collectors.joining());
        if (results.stream().anyMatch(result -> result.failure().isPresent())) {
            log.atError()
                    .addKeyValue("path", path)
                    .addKeyValue("reason", details)
                    .addKeyValue("status-code", 503)
                    .log("Health check error");
            return HttpReply.error(503, details);
        }
        log.atDebug()
                .addKeyValue("path", path)
                .addKeyValue("reason", details)
                .addKeyValue("status-code", 200)
                .log("Health check OK");
        return HttpReply.error(200, (verbose ? details : "") + "ok");
    }
}

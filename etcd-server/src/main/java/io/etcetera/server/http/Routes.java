package io.etcetera.server.http;

import io.etcetera.server.net.HttpExchange;
import io.etcetera.server.net.HttpHandler;
import io.etcetera.server.net.HttpReply;
import io.etcetera.server.net.HttpRequest;
import io.etcetera.server.net.HttpService;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which service answers for which path. Not changed once it is in use. */
final class Routes implements HttpService {
    private final Map<String, HttpService> exact = new HashMap<>();
    private final Map<String, HttpService> prefixes = new LinkedHashMap<>();

    /** For one path and any method. */
    Routes at(String path, HttpService service) {
        exact.put(path, service);
        return this;
    }

    /** For one path and the method GET; others are refused. */
    Routes get(String path, HttpHandler handler) {
        return at(path, (request, exchange) -> {
            if (request.method().equals("GET")) {
                handler.handle(request, exchange::reply);
            } else {
                exchange.reply(HttpReply.methodNotAllowed("GET"));
            }
        });
    }

    /** For all paths that begin so, and have no service of their own. */
    Routes under(String prefix, HttpService service) {
        prefixes.put(prefix, service);
        return this;
    }

    @Override
    public void serve(HttpRequest request, HttpExchange exchange) {
        HttpService service = exact.get(request.path());
        if (service == null) {
            service = prefixes.entrySet().stream()
                    .filter(entry -> request.path().startsWith(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse((unknown, unanswered) -> unanswered.reply(HttpReply.notFound()));
        }
        service.serve(request, exchange);
    }
}

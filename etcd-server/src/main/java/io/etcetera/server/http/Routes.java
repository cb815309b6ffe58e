package io.etcetera.server.http;

import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpHandler;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpService;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
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
        String canonical = canonical(request.path());
        if (!canonical.equals(request.path())) {
            exchange.reply(redirect(request, canonical));
            return;
        }
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

    /** The path under which something is to be found: without empty segments, and with a slash at a prefix's end. */
    private String canonical(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        String clean = "/" + String.join("/", segments);
        boolean endsWithSlash = path.endsWith("/") || prefixes.containsKey(clean + "/");
        return endsWithSlash && !segments.isEmpty() ? clean + "/" : clean;
    }

    private static HttpReply redirect(HttpRequest request, String path) {
        boolean page = request.method().equals("GET") || request.method().equals("HEAD");
        HttpReply reply = page
                ? HttpReply.of(
                        307,
                        "text/html; charset=utf-8",
                        "<a href=\"" + escaped(path) + "\">Temporary Redirect</a>.\n\n")
                : HttpReply.empty(307);
        return reply.with("Location", encoded(path));
    }

    private static String encoded(String path) {
        try {
            return new URI(null, null, path, null).toASCIIString();
        } catch (URISyntaxException e) {
            return "/"; // nothing is served under a path that no URL can have
        }
    }

    private static String escaped(String path) {
        return encoded(path).replace("&", "&amp;").replace("'", "&#39;");
    }
}

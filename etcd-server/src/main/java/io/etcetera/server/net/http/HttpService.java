package io.etcetera.server.net.http;

/** Answers HTTP requests, whole or bit by bit. Called on event loops; never blocks. */
@FunctionalInterface
public interface HttpService {

    /** Answers once, now or later. What it throws is answered with 500. */
    void serve(HttpRequest request, HttpExchange exchange);

    /** A service whose answers are always whole. */
    static HttpService of(HttpHandler handler) {
        return (request, exchange) -> handler.handle(request, exchange::reply);
    }
}

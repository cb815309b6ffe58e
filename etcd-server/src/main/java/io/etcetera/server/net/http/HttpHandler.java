package io.etcetera.server.net.http;

import java.util.function.Consumer;

/** Answers HTTP requests. Called on event loops; never blocks. */
@FunctionalInterface
public interface HttpHandler {

    /** Gives exactly one answer, now or later, on any thread. What it throws is answered with 500. */
    void handle(HttpRequest request, Consumer<HttpReply> reply);
}

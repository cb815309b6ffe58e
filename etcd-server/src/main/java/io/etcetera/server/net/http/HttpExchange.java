package io.etcetera.server.net.http;

import java.util.Optional;

/** A request that waits for its answer. */
public interface HttpExchange extends HttpResponder {

    /**
     * Makes a WebSocket of the connection, instead of an answer. On the connection's event loop.
     *
     * @param key what the client has sent as {@code Sec-WebSocket-Key}
     * @param protocol the subprotocol that is chosen, if any
     */
    WebSocket upgrade(String key, Optional<String> protocol);
}

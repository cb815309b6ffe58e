package io.etcetera.server.net.http;

import java.util.function.Consumer;

/**
 * A connection that has become a WebSocket. Requests come as messages; of the answer, each piece is a text message, without the line
 * feed at its end, and status and headers are not sent. The end of the answer ends the connection. On the connection's event loop.
 */
public interface WebSocket extends HttpResponder {

    /** Has every message from now on, text or not, go here; none comes before the first call. */
    void onMessage(Consumer<byte[]> receiver);

    /** Whether more messages are to come; while they are not, the client's wait in the network. */
    void read(boolean more);
}

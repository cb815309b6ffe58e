package io.etcetera.server.net.http;

import java.util.concurrent.Executor;

/** Takes the answer to a request, whole or bit by bit. */
public interface HttpResponder {

    /** Gives the whole answer. Any thread; only the first one counts. */
    void reply(HttpReply answer);

    /**
     * Begins an answer that comes bit by bit; not to be called after an answer. On the connection's event loop.
     *
     * @param head status and headers; its body comes first
     */
    HttpStream stream(HttpReply head);

    /** Has a task run on the event loop if the connection ends before the answer does. On the connection's event loop. */
    void onAbandoned(Runnable task);

    /** The connection's event loop; runs a task at once if that is the calling thread. */
    Executor loop();
}

package io.etcetera.server.net.http;

/** An answer under way. On the connection's event loop; does nothing once the connection has ended. */
public interface HttpStream {

    /** Sends a piece at once. */
    void write(byte[] piece);

    /** Whether the client keeps up: what is written although it does not is held in memory. */
    boolean isWritable();

    /** Has a task run whenever the client has caught up after not being {@link #isWritable() writable}. */
    void onWritable(Runnable task);

    /** Completes the answer. */
    void end();
}

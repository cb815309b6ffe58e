package io.etcetera.server.propose;

import com.google.protobuf.Message;
import io.etcetera.server.EtcdException;

/**
 * Where results of applied requests go, by request ID. IDs that nobody waits for are ignored: most members did not
 * propose what they apply, and callers may have given up. Thread-safe, never blocks.
 */
public interface Completions {
    void completed(long requestId, Message response);

    void failed(long requestId, EtcdException error);
}

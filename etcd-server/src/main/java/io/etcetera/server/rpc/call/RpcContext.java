package io.etcetera.server.rpc.call;

import io.etcetera.server.WorkerPool;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Marshallers;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.RequestValidator;
import io.etcetera.server.rpc.ResponseHeaders;
import java.util.random.RandomGenerator;

/**
 * What all services share.
 *
 * @param readers for reads that may be large
 * @param storePasses one thread, for what goes through the whole store
 */
public record RpcContext(
        MemberParts parts,
        ResponseHeaders headers,
        CallGate gate,
        RequestValidator validator,
        Marshallers marshallers,
        EventLoops loops,
        WorkerPool readers,
        WorkerPool storePasses,
        OpenStreams streams,
        SlowCalls slowCalls,
        RandomGenerator random) {

    /** Room in a gRPC message beyond the largest request. */
    private static final int MESSAGE_OVERHEAD_BYTES = 512 * 1024;

    /** Largest message that is accepted, and size at which a watch response is split if the client allows it. */
    public static int maxMessageBytes(int maxRequestBytes) {
        return Math.addExact(maxRequestBytes, MESSAGE_OVERHEAD_BYTES);
    }

    public int maxMessageBytes() {
        return maxMessageBytes(parts.config().maxRequestBytes());
    }
}

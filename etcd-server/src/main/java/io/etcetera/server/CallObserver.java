package io.etcetera.server;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Function;

/**
 * Follows the calls of a member's clients, for whoever traces them. Called on event loops, for every call: must neither block nor
 * throw.
 */
@FunctionalInterface
public interface CallObserver {
    /** Nobody looks. */
    CallObserver NONE = (method, metadata) -> Observation.NONE;

    /**
     * A call has begun.
     *
     * @param method with its service, as in {@code etcdserverpb.KV/Range}
     * @param metadata the client's, by name in lower case; not to be used after this returns
     */
    Observation begin(String method, Function<String, Optional<String>> metadata);

    /** One call. On its event loop. */
    interface Observation {
        /** Of nobody. */
        Observation NONE = (code, description) -> {};

        /** Where the call has come in. */
        default void servedAt(SocketAddress local) {}

        /**
         * The call has ended. Once, and last.
         *
         * @param code of gRPC, as in {@code NOT_FOUND}
         * @param description what the client is told beside
         */
        void ended(String code, Optional<String> description);
    }
}

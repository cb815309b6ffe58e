package io.etcetera.server.transport.peer;

import io.etcetera.server.EtcdError;
import io.grpc.Metadata;
import io.grpc.Status;

/** How an error crosses from one member to another: by its name, in the trailer. */
final class PeerErrors {
    private static final Metadata.Key<String> KEY = Metadata.Key.of("etcetera-error", Metadata.ASCII_STRING_MARSHALLER);

    private PeerErrors() {}

    static Status status(EtcdError error) {
        return Status.ABORTED.withDescription(error.text());
    }

    static Metadata trailers(EtcdError error) {
        Metadata trailers = new Metadata();
        trailers.put(KEY, error.name());
        return trailers;
    }

    /** What a call to the leader ended with. Without a name, the leader was not reached, or not in time. */
    static EtcdError of(Status status, Metadata trailers) {
        String name = trailers.get(KEY);
        for (EtcdError error : EtcdError.values()) {
            if (error.name().equals(name)) {
                return error;
            }
        }
        return status.getCode() == Status.Code.DEADLINE_EXCEEDED ? EtcdError.TIMEOUT : EtcdError.NO_LEADER;
    }
}

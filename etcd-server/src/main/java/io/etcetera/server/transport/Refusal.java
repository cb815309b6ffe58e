package io.etcetera.server.transport;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Why a member does not speak with another one. Told in the trailer, so that the other side can tell them apart. */
public enum Refusal {
    STARTING(Status.Code.UNAVAILABLE, "the member has not started yet"),
    INCOMPATIBLE(Status.Code.UNIMPLEMENTED, "the members speak different versions of the peer protocol"),
    WRONG_CLUSTER(Status.Code.FAILED_PRECONDITION, "cluster ID mismatch"),
    NOT_ME(Status.Code.FAILED_PRECONDITION, "another member is served at this address"),
    UNKNOWN_SENDER(Status.Code.PERMISSION_DENIED, "the sender is not known as a member"),
    REMOVED_SENDER(Status.Code.PERMISSION_DENIED, "the sender has been removed from the cluster");

    private static final Metadata.Key<String> KEY =
            Metadata.Key.of("etcetera-refusal", Metadata.ASCII_STRING_MARSHALLER);

    private final Status.Code code;
    private final String text;

    Refusal(Status.Code code, String text) {
        this.code = code;
        this.text = text;
    }

    public String text() {
        return text;
    }

    public Status status() {
        return code.toStatus().withDescription(text);
    }

    public Metadata trailers() {
        Metadata trailers = new Metadata();
        trailers.put(KEY, name());
        return trailers;
    }

    /** What the trailer of a call says; null if the call ended for another reason, or one that this version does not know. */
    public static @Nullable Refusal of(Metadata trailers) {
        String name = trailers.get(KEY);
        for (Refusal refusal : values()) {
            if (refusal.name().equals(name)) {
                return refusal;
            }
        }
        return null;
    }
}

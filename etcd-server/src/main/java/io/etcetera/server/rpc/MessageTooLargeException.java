package io.etcetera.server.rpc;

import io.grpc.Status;

/** An answer is larger than a gRPC message can be. */
public final class MessageTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private MessageTooLargeException(long size) {
        super(
                "trying to send message larger than max (" + size + " vs. " + Integer.MAX_VALUE + ")",
                null,
                false,
                false);
    }

    /** The size, if a message can have it. */
    public static int check(long size) {
        if (size > Integer.MAX_VALUE) {
            throw new MessageTooLargeException(size);
        }
        return (int) size;
    }

    Status status() {
        return Status.RESOURCE_EXHAUSTED.withDescription(getMessage());
    }
}

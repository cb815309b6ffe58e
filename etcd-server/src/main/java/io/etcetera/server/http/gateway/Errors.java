package io.etcetera.server.http.gateway;

import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.text.JsonStrings;
import io.grpc.Status;

/** How the end of a call looks to who speaks JSON. */
final class Errors {
    static final String JSON = "application/json";

    private Errors() {}

    /** The whole answer to a call that has failed. */
    static HttpReply reply(Status status) {
        HttpReply reply = HttpReply.of(httpStatus(status), JSON, json(status));
        return status.getCode() == Status.Code.UNAUTHENTICATED ? reply.with("WWW-Authenticate", text(status)) : reply;
    }

    static String json(Status status) {
        String message = text(status);
        return "{\"code\":" + status.getCode().value()
                + (message.isEmpty() ? "" : ",\"message\":" + JsonStrings.quote(message)) + "}";
    }

    private static String text(Status status) {
        return status.getDescription() == null ? "" : status.getDescription();
    }

    /** The HTTP status that stands for a gRPC status. */
    static int httpStatus(Status status) {
        return switch (status.getCode()) {
            case OK -> 200;
            case CANCELLED -> 499;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
        };
    }
}

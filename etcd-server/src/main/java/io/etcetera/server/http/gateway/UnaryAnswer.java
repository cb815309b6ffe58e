package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpResponder;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call that is answered once. On the connection's event loop. */
final class UnaryAnswer extends ClientCall.Listener<Message> {
    /** The header of every answer that is no error: what the service has sent as its content type. */
    static final String GRPC_CONTENT_TYPE = "Grpc-Metadata-Content-Type";

    static final String GRPC = "application/grpc";

    private final HttpResponder responder;
    private @Nullable Message answer;

    UnaryAnswer(HttpResponder responder) {
        this.responder = responder;
    }

    @Override
    public void onMessage(Message message) {
        answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        Message present = answer;
        if (!status.isOk()) {
            responder.reply(Errors.reply(status));
        } else if (present == null) {
            responder.reply(Errors.reply(Status.INTERNAL.withDescription("empty response")));
        } else {
            responder.reply(
                    HttpReply.of(200, Errors.JSON, MessageWriter.write(present)).with(GRPC_CONTENT_TYPE, GRPC));
        }
    }
}

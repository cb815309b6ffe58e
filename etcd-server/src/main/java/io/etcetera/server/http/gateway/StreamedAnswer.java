package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpResponder;
import io.etcetera.server.net.http.HttpStream;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A call that is answered message by message, each on a line of its own. The next one is asked for when the client has
 * room for it, so that one that does not read costs one message. On the connection's event loop.
 */
final class StreamedAnswer extends ClientCall.Listener<Message> {
    private static final char LINE_SEPARATOR = 0x2028;
    private static final char PARAGRAPH_SEPARATOR = 0x2029;

    private final ClientCall<Message, Message> call;
    private final HttpResponder responder;
    private @Nullable HttpStream stream;
    private boolean asked = true;

    StreamedAnswer(ClientCall<Message, Message> call, HttpResponder responder) {
        this.call = call;
        this.responder = responder;
    }

    @Override
    public void onMessage(Message message) {
        asked = false;
        write(200, "{\"result\":" + forHtml(MessageWriter.write(message)) + "}\n");
        askForMore();
    }

    private void askForMore() {
        if (!asked && stream != null && stream.isWritable()) {
            asked = true;
            call.request(1);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!status.isOk()) {
            write(Errors.httpStatus(status), "{\"error\":" + forHtml(Errors.json(status)) + "}\n");
        } else if (stream == null) {
            stream = responder.stream(HttpReply.empty(200));
        }
        if (stream != null) {
            stream.end();
        }
    }

    /** @param status in case that this is the first line */
    private void write(int status, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        if (stream != null) {
            stream.write(bytes);
            return;
        }
        HttpReply head = HttpReply.of(status, Errors.JSON, bytes);
        stream = responder.stream(status == 200 ? head.with(UnaryAnswer.GRPC_CONTENT_TYPE, UnaryAnswer.GRPC) : head);
        stream.onWritable(this::askForMore);
    }

    /** Lines escape what would mean something in HTML, whole answers do not: so Go writes the one and the other. */
    private static String forHtml(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '<' || c == '>' || c == '&' || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}

package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.HexFormat;
import java.util.List;

/** Messages as text for people: on one line, with long runs of one letter counted instead of written out. */
final class Texts {
    private static final int LONG_RUN = 40;
    private static final int MAX_LENGTH = 6000;

    private Texts() {}

    static String of(Message message) {
        String text = countRuns(TextFormat.printer().emittingSingleLine(true).printToString(message));
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + " ... (cut)";
    }

    /** Not with a regular expression: Java's needs stack for every letter of a run. */
    private static String countRuns(String text) {
        StringBuilder counted = new StringBuilder();
        for (int from = 0; from < text.length(); ) {
            int to = from + 1;
            while (to < text.length() && text.charAt(to) == text.charAt(from)) {
                to++;
            }
            if (to - from >= LONG_RUN) {
                counted.append('<')
                        .append(to - from)
                        .append(" times '")
                        .append(text.charAt(from))
                        .append("'>");
            } else {
                counted.append(text, from, to);
            }
            from = to;
        }
        return counted.toString();
    }

    static String of(List<Message> messages) {
        return String.join(" | ", messages.stream().map(Texts::of).toList());
    }

    /** The operation with everything in it that a server cannot know put in its place. */
    static String of(Operation operation, Symbols symbols) {
        if (operation instanceof Operation.Call call) {
            return call.api() + " { " + of(symbols.resolve(call.request(), Server.OURS)) + " }";
        }
        if (operation instanceof Operation.RawCall raw) {
            return raw.kind() + " " + raw.fullMethodName() + " " + abbreviated(raw.messages());
        }
        if (operation instanceof Operation.Expiry expiry) {
            return "EXPIRY { " + of(expiry.grant()) + " } " + of(List.<Message>copyOf(expiry.puts()));
        }
        return operation instanceof WatchOperation watch ? watch.text() : operation.toString();
    }

    private static String abbreviated(List<ByteString> messages) {
        return String.join(
                ", ",
                messages.stream()
                        .map(bytes -> bytes.size() + " bytes "
                                + HexFormat.of()
                                        .formatHex(bytes.substring(0, Math.min(bytes.size(), 300))
                                                .toByteArray()))
                        .toList());
    }
}

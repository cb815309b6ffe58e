package io.etcetera.daemon.log;

import io.etcetera.server.text.GoDuration;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values as JSON, compact or with a blank after each comma and colon. */
final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out;
    private final String comma;
    private final String colon;

    JsonText(StringBuilder out, boolean spaced) {
        this.out = out;
        this.comma = spaced ? ", " : ",";
        this.colon = spaced ? ": " : ":";
    }

    /** Writes a member of an object, with a comma in front unless it is the first. */
    void field(String name, @Nullable Object value) {
        if (out.length() > 0 && out.charAt(out.length() - 1) != '{') {
            out.append(comma);
        }
        string(name);
        out.append(colon);
        value(value);
    }

    private void value(@Nullable Object value) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof Number || value instanceof Boolean) {
            number(value);
        } else if (value instanceof Duration duration) {
            string(GoDuration.format(duration));
        } else if (value instanceof Collection<?> list) {
            list(list);
        } else if (value instanceof Map<?, ?> map) {
            out.append('{');
            map.forEach((k, v) -> field(String.valueOf(k), v));
            out.append('}');
        } else if (value instanceof Throwable t) {
            string(message(t));
        } else {
            string(value.toString());
        }
    }

    /** What to say of a failure in one line. */
    static String message(Throwable t) {
        String message = t.getMessage();
        return message == null || message.isEmpty() ? t.getClass().getName() : message;
    }

    private void number(Object value) {
        if ((value instanceof Double d && !Double.isFinite(d)) || (value instanceof Float f && !Float.isFinite(f))) {
            string(value.toString()); // JSON has no infinities
        } else {
            out.append(value);
        }
    }

    private void list(Collection<?> list) {
        out.append('[');
        boolean first = true;
        for (Object element : list) {
            if (!first) {
                out.append(comma);
            }
            first = false;
            value(element);
        }
        out.append(']');
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> character(text, i, c);
            }
        }
        out.append('"');
    }

    private void character(String text, int i, char c) {
        if (c < 0x20) {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
        } else if (Character.isSurrogate(c) && !paired(text, i)) {
            out.append("\\ufffd");
        } else {
            out.append(c);
        }
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}

package io.etcetera.server.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Just enough JSON for the records of members and for tokens: objects, arrays, strings, numbers, booleans and null. Objects are
 * maps in order, arrays lists, whole numbers {@link BigInteger}, since signed and unsigned ones of 64 bits both occur, and others
 * {@link BigDecimal}.
 */
public final class Json {
    /** Stands for null; members whose value it is are left out of objects. */
    private static final Object NULL = new Object();

    private static final String NUMBER = "0123456789+-.eE";

    /** Far more than any record has; what comes from outside must cost neither stack nor time. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_DIGITS = 40;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Reads one object.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Map<String, Object> parseObject(String text) {
        Json json = new Json(text);
        Map<String, Object> object = json.object();
        json.skipSpace();
        if (json.at != text.length()) {
            throw json.unexpected();
        }
        return object;
    }

    /** A string as JSON has it. */
    public static String quote(String value) {
        StringBuilder out = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private Map<String, Object> object() {
        expect('{');
        Map<String, Object> object = new LinkedHashMap<>();
        if (accept('}')) {
            return object;
        }
        do {
            skipSpace();
            String name = string();
            expect(':');
            Object value = value();
            if (value != NULL) {
                object.put(name, value);
            }
        } while (accept(','));
        expect('}');
        return object;
    }

    private List<Object> array() {
        expect('[');
        List<Object> array = new ArrayList<>();
        if (accept(']')) {
            return array;
        }
        do {
            array.add(value());
        } while (accept(','));
        expect(']');
        return array;
    }

    private Object value() {
        skipSpace();
        if (at >= text.length()) {
            throw unexpected();
        }
        char c = text.charAt(at);
        if (c == '{' || c == '[') {
            return nested(c);
        } else if (c == '"') {
            return string();
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            return number();
        } else if (word("true")) {
            return true;
        } else if (word("false")) {
            return false;
        } else if (word("null")) {
            return NULL;
        }
        throw unexpected();
    }

    private Object nested(char c) {
        depth++;
        if (depth > MAX_DEPTH) {
            throw unexpected();
        }
        Object nested = c == '{' ? object() : array();
        depth--;
        return nested;
    }

    private Number number() {
        int start = at;
        do {
            at++;
        } while (at < text.length() && NUMBER.indexOf(text.charAt(at)) >= 0);
        String digits = text.substring(start, at);
        if (digits.length() > MAX_DIGITS) {
            throw unexpected();
        }
        return digits.matches("-?[0-9]+") ? new BigInteger(digits) : new BigDecimal(digits);
    }

    private String string() {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw unexpected();
        }
        at++;
        StringBuilder out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escaped() : c);
        }
        throw unexpected();
    }

    private char escaped() {
        if (at >= text.length()) {
            throw unexpected();
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw unexpected();
        };
    }

    private char unicode() {
        if (at + 4 > text.length()) {
            throw unexpected();
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }

    private boolean word(String word) {
        boolean found = text.startsWith(word, at);
        at += found ? word.length() : 0;
        return found;
    }

    private boolean accept(char c) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw unexpected();
        }
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("not the JSON expected, at character " + at + ": " + text);
    }
}

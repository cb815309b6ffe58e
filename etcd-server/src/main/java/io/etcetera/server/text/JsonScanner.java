package io.etcetera.server.text;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Finds where a JSON value ends, and checks its syntax. What is wrong is said in the words of Go's {@code encoding/json},
 * which is what etcd's clients read. Does not look into strings: their bytes need not be UTF-8 here.
 */
public final class JsonScanner {
    /** As deeply as Go follows objects and arrays. */
    public static final int MAX_DEPTH = 10_000;

    private static final String END = "unexpected EOF";
    private static final String VALUE = "looking for beginning of value";

    private final byte[] text;
    /** What is open around the present position: set for an object, not for an array. */
    private final BitSet objects = new BitSet();

    private int depth;
    private int at;

    public JsonScanner(byte[] text) {
        this.text = text;
    }

    /**
     * Checks that a text is one value and nothing else.
     *
     * @throws JsonFormatException in the words of Go's {@code json.Unmarshal}
     */
    public static void check(String text) throws JsonFormatException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonScanner scanner = new JsonScanner(bytes);
        int end;
        try {
            end = scanner.begin(scanner.end(0));
        } catch (JsonFormatException e) {
            throw END.equals(e.getMessage()) ? new JsonFormatException("unexpected end of JSON input") : e;
        }
        if (end < bytes.length) {
            throw unexpected(bytes[end], "after top-level value");
        }
    }

    /** Where the next value begins; empty space before it is passed over. The end of the text if there is none. */
    public int begin(int from) {
        at = from;
        skipSpace();
        return at;
    }

    /** Where the value that begins here ends. */
    public int end(int from) throws JsonFormatException {
        at = from;
        depth = 0;
        boolean again = true;
        while (again) {
            again = value();
            while (!again && depth > 0) {
                again = afterValue();
            }
        }
        return at;
    }

    /** Reads a scalar, or opens an object or array. Answers whether a value follows inside it. */
    private boolean value() throws JsonFormatException {
        skipSpace();
        byte c = next();
        switch (c) {
            case '{' -> {
                open(c, true);
                return firstName();
            }
            case '[' -> {
                open(c, false);
                skipSpace();
                if (peek() == ']') {
                    at++;
                    depth--;
                    return false;
                }
                return true;
            }
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number(c);
        }
        return false;
    }

    private void open(byte c, boolean object) throws JsonFormatException {
        if (depth >= MAX_DEPTH) {
            throw unexpected(c, "exceeded max depth");
        }
        objects.set(depth++, object);
    }

    private boolean firstName() throws JsonFormatException {
        skipSpace();
        if (peek() == '}') {
            at++;
            depth--;
            return false;
        }
        name();
        return true;
    }

    private void name() throws JsonFormatException {
        skipSpace();
        byte c = next();
        if (c != '"') {
            throw unexpected(c, "looking for beginning of object key string");
        }
        string();
        skipSpace();
        byte colon = next();
        if (colon != ':') {
            throw unexpected(colon, "after object key");
        }
    }

    /** Reads what follows a value inside an object or array. Answers whether that is another value. */
    private boolean afterValue() throws JsonFormatException {
        boolean object = objects.get(depth - 1);
        skipSpace();
        byte c = next();
        if (c == ',') {
            if (object) {
                name();
            }
            return true;
        } else if (c == (object ? '}' : ']')) {
            depth--;
            return false;
        }
        throw unexpected(c, object ? "after object key:value pair" : "after array element");
    }

    private void string() throws JsonFormatException {
        for (byte c = next(); c != '"'; c = next()) {
            if (c == '\\') {
                escape();
            } else if (c >= 0 && c < ' ') {
                throw unexpected(c, "in string literal");
            }
        }
    }

    private void escape() throws JsonFormatException {
        byte c = next();
        if (c == 'u') {
            for (int i = 0; i < 4; i++) {
                byte digit = next();
                if (Character.digit(digit, 16) < 0) {
                    throw unexpected(digit, "in \\u hexadecimal character escape");
                }
            }
        } else if ("bfnrt\\/\"".indexOf(c) < 0) {
            throw unexpected(c, "in string escape code");
        }
    }

    private void literal(String word) throws JsonFormatException {
        for (int i = 1; i < word.length(); i++) {
            byte c = next();
            if (c != word.charAt(i)) {
                throw unexpected(c, "in literal " + word + " (expecting '" + word.charAt(i) + "')");
            }
        }
    }

    private void number(byte first) throws JsonFormatException {
        byte c = first;
        if (c == '-') {
            c = next();
            if (!isDigit(c)) {
                throw unexpected(c, "in numeric literal");
            }
        }
        if (!isDigit(c)) {
            throw unexpected(c, VALUE);
        }
        if (c != '0') {
            skipDigits();
        }
        if (peek() == '.') {
            at++;
            digits("after decimal point in numeric literal");
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits("in exponent of numeric literal");
        }
    }

    private void digits(String where) throws JsonFormatException {
        byte c = next();
        if (!isDigit(c)) {
            throw unexpected(c, where);
        }
        skipDigits();
    }

    private void skipDigits() {
        while (isDigit(peek())) {
            at++;
        }
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private void skipSpace() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) {
            at++;
        }
    }

    /** The byte here; 0, which means nothing in JSON, at the end. */
    private byte peek() {
        return at < text.length ? text[at] : 0;
    }

    private byte next() throws JsonFormatException {
        if (at >= text.length) {
            throw new JsonFormatException(END);
        }
        return text[at++];
    }

    private static JsonFormatException unexpected(byte c, String where) {
        return new JsonFormatException("invalid character " + quote((char) (c & 0xff)) + " " + where);
    }

    private static String quote(char c) {
        if (c == '\'') {
            return "'\\''";
        } else if (c == '"') {
            return "'\"'";
        }
        String quoted = GoText.quote(String.valueOf(c));
        return "'" + quoted.substring(1, quoted.length() - 1) + "'";
    }
}

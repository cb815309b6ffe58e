package io.etcetera.server.http.gateway;

import io.etcetera.server.text.GoText;
import io.etcetera.server.text.JsonFormatException;
import io.etcetera.server.text.JsonScanner;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Walks through a JSON value whose syntax {@link JsonScanner} has checked, token by token; so that what may still be
 * wrong is in strings. Places in messages are counted from the value's beginning, in the manner of Go's protobuf.
 */
final class JsonTokens {
    /** Of a backslash, a letter and four digits. */
    private static final int ESCAPE_LENGTH = 6;

    private final byte[] text;
    private final int begin;
    private int at;

    /** @param begin of the value in the text */
    JsonTokens(byte[] text, int begin) {
        this.text = text;
        this.begin = begin;
        this.at = begin;
    }

    /** Where the next token begins; what separates tokens is passed over. */
    int mark() {
        while (" \t\r\n,:".indexOf(text[at]) >= 0) {
            at++;
        }
        return at;
    }

    /** The first character of the next token, by which its kind can be told. */
    char peek() {
        return (char) (text[mark()] & 0xff);
    }

    /** Passes over a token of one character. */
    void skipCharacter() {
        mark();
        at++;
    }

    /** The token at a mark as it stands there; a bracket for an object or array. */
    String raw(int mark) {
        return new String(text, mark, endOf(mark) - mark, StandardCharsets.UTF_8);
    }

    /** Reads a number or a word. */
    String bare() {
        int from = mark();
        at = endOf(from);
        return new String(text, from, at - from, StandardCharsets.US_ASCII);
    }

    /** Passes over a value with all that is in it. */
    void skipValue() throws JsonFormatException {
        int depth = 0;
        do {
            char c = peek();
            if (c == '"') {
                string();
            } else {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                at = endOf(at);
            }
        } while (depth > 0);
    }

    private int endOf(int from) {
        byte first = text[from];
        int end = from + 1;
        if (first == '"') {
            while (text[end] != '"') {
                end += text[end] == '\\' ? 2 : 1;
            }
            return end + 1;
        }
        if (Character.isLetterOrDigit(first) || first == '-') {
            while (end < text.length && (Character.isLetterOrDigit(text[end]) || "+-.".indexOf(text[end]) >= 0)) {
                end++;
            }
        }
        return end;
    }

    /** Reads a string. */
    String string() throws JsonFormatException {
        int from = mark();
        int end = endOf(from);
        at = end;
        String literal = decode(from + 1, end - 1);
        int escape = literal.indexOf('\\');
        return escape < 0 ? literal : unescape(from, literal, escape);
    }

    private String decode(int from, int to) throws JsonFormatException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw syntaxError(from - 1, "invalid UTF-8 in string");
        }
    }

    private String unescape(int mark, String literal, int first) throws JsonFormatException {
        StringBuilder out = new StringBuilder(literal.length()).append(literal, 0, first);
        int i = first;
        while (i < literal.length()) {
            char c = literal.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = literal.charAt(i++);
            switch (escaped) {
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'u' -> {
                    char unit = unit(literal, i);
                    i += 4;
                    out.append(unit);
                    if (Character.isSurrogate(unit)) {
                        String rest = new String(
                                text, endOf(mark) - 1, text.length - endOf(mark) + 1, StandardCharsets.UTF_8);
                        out.append(second(mark, literal.substring(i) + rest, unit));
                        i += 6;
                    }
                }
                default -> out.append(escaped);
            }
        }
        return out.toString();
    }

    /**
     * The other half of a character that takes two escapes. Go does not mind the end of the string when it looks for that.
     *
     * @param following what comes after the first half, to the end of the text
     */
    private char second(int mark, String following, char first) throws JsonFormatException {
        if (following.length() < ESCAPE_LENGTH) {
            throw new JsonFormatException("proto: unexpected EOF");
        }
        String escape = following.substring(0, ESCAPE_LENGTH);
        char low = escape.matches("\\\\u[0-9a-fA-F]{4}") ? unit(escape, 2) : 0;
        if (!Character.isHighSurrogate(first) || !Character.isLowSurrogate(low)) {
            throw syntaxError(mark, "invalid escape code " + GoText.quote(escape) + " in string");
        }
        return low;
    }

    private static char unit(String literal, int at) {
        return (char) Integer.parseInt(literal.substring(at, at + 4), 16);
    }

    /** An error in what a token means. */
    JsonFormatException error(int mark, String text) {
        return new JsonFormatException("proto: " + position(mark) + text);
    }

    /** An error in where a token stands. */
    JsonFormatException syntaxError(int mark, String text) {
        return new JsonFormatException("proto: syntax error " + position(mark) + text);
    }

    /** The token is not of a kind that may stand there. */
    JsonFormatException unexpected(int mark) {
        return syntaxError(mark, "unexpected token " + raw(mark));
    }

    private String position(int mark) {
        String before = new String(text, begin, mark - begin, StandardCharsets.UTF_8);
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        String lastLine = before.substring(before.lastIndexOf('\n') + 1);
        return "(line " + line + ":" + (lastLine.codePointCount(0, lastLine.length()) + 1) + "): ";
    }
}

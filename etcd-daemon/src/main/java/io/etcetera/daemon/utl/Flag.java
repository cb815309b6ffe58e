package io.etcetera.daemon.utl;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoDuration;
import io.etcetera.server.text.GoText;
import java.math.BigInteger;

/**
 * One flag of a command.
 *
 * @param shorthand one letter, or empty
 * @param defaultText its value if it is not given; for a switch {@code false}
 * @param required whether it must be given
 */
public record Flag(String name, String shorthand, Kind kind, String defaultText, String help, boolean required) {
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /** Kinds of values, with the name that a help text gives them. */
    public enum Kind {
        STRING("string"),
        SWITCH(""),
        UINT("uint"),
        INT("int"),
        DURATION("duration"),
        LIST("strings");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    public static Flag string(String name, String defaultText, String help) {
        return new Flag(name, "", Kind.STRING, defaultText, help, false);
    }

    static Flag unsigned(String name, String defaultText, String help) {
        return new Flag(name, "", Kind.UINT, defaultText, help, false);
    }

    public static Flag onOff(String name, String help) {
        return new Flag(name, "", Kind.SWITCH, "false", help, false);
    }

    public static Flag duration(String name, String defaultText, String help) {
        return new Flag(name, "", Kind.DURATION, defaultText, help, false);
    }

    /** Comma-separated; the default, too. */
    public static Flag list(String name, String defaultText, String help) {
        return new Flag(name, "", Kind.LIST, defaultText, help, false);
    }

    /** The left column of a help text. */
    String column() {
        String letter = shorthand.isEmpty() ? "      " : "  -" + shorthand + ", ";
        return letter + "--" + name + (kind.label.isEmpty() ? "" : " " + kind.label);
    }

    /** The right column of a help text. */
    String description() {
        return switch (kind) {
            case STRING -> defaultText.isEmpty() ? help : help + " (default " + GoText.quote(defaultText) + ")";
            case SWITCH -> help;
            case UINT, INT -> defaultText.equals("0") ? help : help + " (default " + defaultText + ")";
            case DURATION -> help + " (default " + defaultText + ")";
            case LIST -> help + " (default [" + defaultText + "])";
        };
    }

    /** Refuses a value that is none of its kind, in Go's words. */
    void check(String value) throws UtlException {
        String why = switch (kind) {
            case STRING, LIST -> "";
            case SWITCH ->
                value.matches("1|t|T|TRUE|true|True|0|f|F|FALSE|false|False")
                        ? ""
                        : "strconv.ParseBool: parsing " + GoText.quote(value) + ": invalid syntax";
            case UINT -> number("strconv.ParseUint", value, "[0-9]+", BigInteger.ZERO, MAX_UINT64);
            case INT ->
                number(
                        "strconv.ParseInt",
                        value,
                        "[+-]?[0-9]+",
                        BigInteger.valueOf(Long.MIN_VALUE),
                        BigInteger.valueOf(Long.MAX_VALUE));
            case DURATION -> duration(value);
        };
        if (!why.isEmpty()) {
            String flag = shorthand.isEmpty() ? "--" + name : "-" + shorthand + ", --" + name;
            throw UtlException.usage(
                    "invalid argument " + GoText.quote(value) + " for " + GoText.quote(flag) + " flag: " + why);
        }
    }

    private static String number(String function, String value, String syntax, BigInteger least, BigInteger most) {
        String why = "";
        if (!value.matches(syntax)) {
            why = "invalid syntax";
        } else {
            BigInteger number = new BigInteger(value);
            if (number.compareTo(least) < 0 || number.compareTo(most) > 0) {
                why = "value out of range";
            }
        }
        return why.isEmpty() ? "" : function + ": parsing " + GoText.quote(value) + ": " + why;
    }

    private static String duration(String value) {
        try {
            GoDuration.parse(value);
            return "";
        } catch (BadValueException e) {
            return String.valueOf(e.getMessage());
        }
    }
}

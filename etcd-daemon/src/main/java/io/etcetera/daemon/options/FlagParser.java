package io.etcetera.daemon.options;

import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.GoText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Reads a command line by the rules of Go's flag package: one or two dashes, a value after {@code =} or as the next argument,
 * switches only with {@code =}, and the end of flags at {@code --} or at the first argument that is none.
 */
public final class FlagParser {
    private FlagParser() {}

    /**
     * What is left of the command line.
     *
     * @param helpWanted whether {@code -h} or {@code -help} ended the parsing
     * @param positional the arguments behind the flags
     */
    public record Outcome(boolean helpWanted, List<String> positional) {}

    /** Reads the arguments into the settings, which keep what was read before an error. */
    public static Outcome parse(List<String> arguments, Settings settings) throws FlagSyntaxException {
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String argument = rest.element();
            if (argument.length() < 2 || argument.charAt(0) != '-') {
                break;
            }
            rest.remove();
            if (argument.equals("--")) {
                break;
            }
            String flag = argument.substring(argument.charAt(1) == '-' ? 2 : 1);
            if (flag.startsWith("-") || flag.startsWith("=")) {
                throw new FlagSyntaxException("bad flag syntax: " + argument);
            }
            if (!parseOne(flag, rest, settings)) {
                return new Outcome(true, List.copyOf(rest));
            }
        }
        return new Outcome(false, List.copyOf(rest));
    }

    /** Reads one flag, and its value from the rest if need be. Answers false if it asks for help. */
    private static boolean parseOne(String flag, Deque<String> rest, Settings settings) throws FlagSyntaxException {
        int equals = flag.indexOf('=');
        String name = equals < 0 ? flag : flag.substring(0, equals);
        Option<?> option = Options.find(name);
        if (option == null) {
            if (name.equals("help") || name.equals("h")) {
                return false;
            }
            throw new FlagSyntaxException("flag provided but not defined: -" + name);
        }
        String value;
        if (equals >= 0) {
            value = flag.substring(equals + 1);
        } else if (option.type().isSwitch()) {
            value = "true";
        } else if (rest.isEmpty()) {
            throw new FlagSyntaxException("flag needs an argument: -" + name);
        } else {
            value = rest.remove();
        }
        try {
            settings.giveText(option, value);
        } catch (BadValueException e) {
            throw new FlagSyntaxException(
                    option.type().isSwitch()
                            ? "invalid boolean value " + GoText.quote(value) + " for -" + name + ": " + e.getMessage()
                            : "invalid value " + GoText.quote(value) + " for flag -" + name + ": " + e.getMessage());
        }
        return true;
    }
}

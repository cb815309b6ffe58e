package io.etcetera.daemon.utl;

import io.etcetera.server.text.GoText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A command line as read: words that name commands, then arguments, and flags anywhere among them. Flags are those of the
 * command and of the whole tool; {@code --name value}, {@code --name=value}, {@code -n value}, {@code -n=value} and {@code
 * -nvalue}; a switch takes a value only behind {@code =}; behind {@code --} there are no flags.
 */
public final class CommandLine {
    private static final Flag HELP = new Flag("help", "h", Flag.Kind.SWITCH, "false", "help", false);

    private final Command root;
    private final Deque<String> rest;
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> given = new HashSet<>();
    private final List<String> positional = new ArrayList<>();
    private final List<Command> path = new ArrayList<>();

    private CommandLine(Command root, List<String> arguments) {
        this.root = root;
        this.rest = new ArrayDeque<>(arguments);
        this.path.add(root);
    }

    /** Finds the command; its flags are not looked at yet, so nothing can be wrong with them. */
    public static CommandLine of(Command root, List<String> arguments) {
        CommandLine line = new CommandLine(root, arguments);
        line.findCommand();
        return line;
    }

    /** The command, behind the groups that it is in. */
    public List<Command> path() {
        return List.copyOf(path);
    }

    /** The last one of the path. */
    public Command command() {
        return path.get(path.size() - 1);
    }

    /** Takes the words that name commands out of the line, and leaves all else in its order. */
    private void findCommand() {
        List<String> others = new ArrayList<>();
        while (!rest.isEmpty()) {
            String word = rest.remove();
            if (word.equals("--")) {
                others.add(word);
                break;
            }
            if (word.startsWith("-") && word.length() > 1) {
                others.add(word);
                if (takesNext(word) && !rest.isEmpty()) {
                    others.add(rest.remove());
                }
                continue;
            }
            Optional<Command> child = command().child(word);
            if (child.isEmpty()) {
                others.add(word);
                break;
            }
            path.add(child.get());
        }
        others.addAll(rest);
        rest.clear();
        rest.addAll(others);
    }

    /** Whether the next word is the value of this flag. */
    private boolean takesNext(String word) {
        if (word.contains("=")) {
            return false;
        }
        Optional<Flag> flag = word.startsWith("--")
                ? find(word.substring(2))
                : word.length() == 2 ? findShort(word.substring(1)) : Optional.empty();
        return flag.isPresent() && flag.get().kind() != Flag.Kind.SWITCH;
    }

    /** Reads flags and arguments. */
    public Arguments parse() throws UtlException {
        known().forEach(flag -> values.put(flag.name(), flag.defaultText()));
        while (!rest.isEmpty()) {
            String word = rest.remove();
            if (word.equals("--")) {
                positional.addAll(rest);
                rest.clear();
            } else if (word.startsWith("--")) {
                longFlag(word);
            } else if (word.startsWith("-") && word.length() > 1) {
                shortFlags(word);
            } else {
                positional.add(word);
            }
        }
        return new Arguments(values, positional);
    }

    /** Refuses a line without a flag that its command needs. */
    void checkRequired() throws UtlException {
        List<String> missing = command().flags().stream()
                .filter(flag -> flag.required() && !given.contains(flag.name()))
                .map(flag -> GoText.quote(flag.name()))
                .toList();
        if (!missing.isEmpty()) {
            throw UtlException.usage("required flag(s) " + String.join(", ", missing) + " not set");
        }
    }

    private void longFlag(String word) throws UtlException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        if (name.isEmpty() || name.startsWith("-")) {
            throw UtlException.usage("bad flag syntax: " + word);
        }
        Flag flag = find(name).orElseThrow(() -> UtlException.usage("unknown flag: --" + name));
        if (equals >= 0) {
            set(flag, word.substring(equals + 1));
        } else if (flag.kind() == Flag.Kind.SWITCH) {
            set(flag, "true");
        } else if (rest.isEmpty()) {
            throw UtlException.usage("flag needs an argument: --" + name);
        } else {
            set(flag, rest.remove());
        }
    }

    private void shortFlags(String word) throws UtlException {
        for (int i = 1; i < word.length(); i++) {
            String letter = word.substring(i, i + 1);
            Flag flag = findShort(letter)
                    .orElseThrow(() -> UtlException.usage("unknown shorthand flag: '" + letter + "' in " + word));
            String behind = word.substring(i + 1);
            if (behind.startsWith("=")) {
                set(flag, behind.substring(1));
                return;
            }
            if (flag.kind() == Flag.Kind.SWITCH) {
                set(flag, "true");
                continue;
            }
            if (!behind.isEmpty()) {
                set(flag, behind);
            } else if (rest.isEmpty()) {
                throw UtlException.usage("flag needs an argument: '" + letter + "' in " + word);
            } else {
                set(flag, rest.remove());
            }
            return;
        }
    }

    private void set(Flag flag, String value) throws UtlException {
        flag.check(value);
        values.put(flag.name(), value);
        given.add(flag.name());
    }

    private Optional<Flag> find(String name) {
        return known().stream().filter(flag -> flag.name().equals(name)).findFirst();
    }

    private Optional<Flag> findShort(String letter) {
        return known().stream().filter(flag -> flag.shorthand().equals(letter)).findFirst();
    }

    private List<Flag> known() {
        List<Flag> known = new ArrayList<>();
        known.add(HELP);
        known.addAll(root.flags());
        if (path.size() > 1) {
            known.addAll(command().flags());
        }
        return known;
    }
}

package io.etcetera.daemon.utl;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A command, or a group of commands.
 *
 * @param use its name and how its arguments are written
 * @param summary one line for lists of commands
 * @param flags its own ones, but for {@code help}
 * @param children the commands of a group, in order of their names
 * @param action what it does; none for a group
 */
public record Command(String use, String summary, List<Flag> flags, List<Command> children, Optional<Action> action) {

    /** What a command does. */
    @FunctionalInterface
    public interface Action {
        void run(Arguments arguments, Console console) throws UtlException, IOException, InterruptedException;
    }

    public Command {
        flags = List.copyOf(flags);
        children = List.copyOf(children);
    }

    public static Command of(String use, String summary, List<Flag> flags, Action action) {
        return new Command(use, summary, flags, List.of(), Optional.of(action));
    }

    public static Command group(String name, String summary, List<Flag> flags, List<Command> children) {
        return new Command(name, summary, flags, children, Optional.empty());
    }

    String name() {
        int space = use.indexOf(' ');
        return space < 0 ? use : use.substring(0, space);
    }

    /** The command of that name, or the only one whose name begins so. */
    Optional<Command> child(String prefix) {
        List<Command> found = children.stream()
                .filter(command -> command.name().startsWith(prefix))
                .toList();
        return found.stream()
                .filter(command -> command.name().equals(prefix))
                .findFirst()
                .or(() -> found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty());
    }
}

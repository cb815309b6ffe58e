package io.etcetera.daemon.utl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The usage of a command, laid out as etcd's tools do. */
public final class HelpText {
    private HelpText() {}

    /** Of the last command of a path that begins with the tool itself. */
    public static String of(List<Command> path) {
        Command root = path.get(0);
        Command command = path.get(path.size() - 1);
        String names = path.stream().map(Command::name).collect(Collectors.joining(" "));
        StringBuilder out = new StringBuilder("Usage:\n");
        if (command.action().isPresent()) {
            String before = names.substring(0, names.length() - command.name().length());
            out.append("  ").append(before).append(command.use());
            // As in etcd, which leaves it out where the use says all there is.
            out.append(command.use().contains("|") ? "\n" : " [flags]\n");
        } else {
            out.append("  ").append(names).append(" [command]\n\nAvailable Commands:\n");
            command.children()
                    .forEach(child -> out.append(String.format("  %-11s %s\n", child.name(), child.summary())));
        }
        List<Flag> own = new ArrayList<>(command.flags());
        own.add(new Flag("help", "h", Flag.Kind.SWITCH, "false", "help for " + command.name(), false));
        out.append("\nFlags:\n").append(flags(own));
        if (path.size() > 1 && !root.flags().isEmpty()) {
            out.append("\nGlobal Flags:\n").append(flags(root.flags()));
        }
        if (command.action().isEmpty()) {
            out.append("\nUse \"").append(names).append(" [command] --help\" for more information about a command.\n");
        }
        return out.toString();
    }

    private static String flags(List<Flag> flags) {
        List<Flag> sorted =
                flags.stream().sorted(Comparator.comparing(Flag::name)).toList();
        int width =
                sorted.stream().mapToInt(flag -> flag.column().length()).max().orElse(0);
        return sorted.stream()
                .map(flag -> flag.column() + " ".repeat(width - flag.column().length() + 3) + flag.description() + "\n")
                .collect(Collectors.joining());
    }
}

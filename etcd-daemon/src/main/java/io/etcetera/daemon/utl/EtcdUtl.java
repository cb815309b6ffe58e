package io.etcetera.daemon.utl;

import static java.util.stream.Collectors.joining;

import io.etcetera.server.text.OsErrors;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;

/** The commands, and running one of them. */
final class EtcdUtl {
    static final int OK = 0;

    private static final List<Flag> GLOBAL_FLAGS = List.of(
            new Flag(
                    "timeout",
                    "",
                    Flag.Kind.DURATION,
                    "10s",
                    "time to wait to obtain a file lock on db file, 0 to block indefinitely",
                    false),
            new Flag(
                    "write-out",
                    "w",
                    Flag.Kind.STRING,
                    "simple",
                    "set the output format (fields, json, protobuf, simple, table)",
                    false));

    private EtcdUtl() {}

    static Command root() {
        return Command.group(
                "etcdutl",
                "An administrative command line tool for etcd3.",
                GLOBAL_FLAGS,
                List.of(
                        CompletionCommand.command(),
                        DefragCommand.command(),
                        HashKvCommand.command(),
                        Command.of("help [command]", "Help about any command", List.of(), EtcdUtl::help),
                        MigrateCommand.command(),
                        Command.group(
                                "snapshot",
                                "Manages etcd node snapshots",
                                List.of(),
                                List.of(SnapshotRestoreCommand.command(), SnapshotStatusCommand.command())),
                        VersionCommand.command()));
    }

    private static void help(Arguments arguments, Console console) {
        List<String> topic = arguments.positional();
        CommandLine line = CommandLine.of(root(), topic);
        if (line.path().size() == 1 && !topic.isEmpty()) {
            console.err().print("Unknown help topic " + topic.stream().collect(joining("` `", "[`", "`]\n")));
            console.err().print(HelpText.of(line.path()));
        } else {
            console.out().print(HelpText.of(line.path()));
        }
    }

    /** Runs a command line and answers the exit status. */
    static int run(List<String> words, Console console) {
        CommandLine line = CommandLine.of(root(), words);
        try {
            run(line, console);
            return OK;
        } catch (UtlException e) {
            String message = "Error: " + e.getMessage();
            console.err().println(message);
            if (e.isUsageShown()) {
                // As in etcd's tools, which say it twice.
                console.err().print(usage(line) + message + "\n");
            }
            return e.status();
        } catch (IOException e) {
            console.err().println("Error: " + text(e));
            return UtlException.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            console.err().println("Error: interrupted");
            return UtlException.FAILED;
        }
    }

    private static String usage(CommandLine line) {
        return isUnknown(line) ? "Run 'etcdutl --help' for usage.\n" : HelpText.of(line.path()) + "\n";
    }

    /** Only the tool itself can be followed by a word that it does not know; a group shows its help. */
    private static boolean isUnknown(CommandLine line) {
        return line.path().size() == 1;
    }

    private static void run(CommandLine line, Console console) throws UtlException, IOException, InterruptedException {
        Arguments arguments = line.parse();
        Optional<Command.Action> action = line.command().action();
        if (arguments.isOn("help") || action.isEmpty()) {
            List<String> words = arguments.positional();
            if (line.path().size() == 1 && !words.isEmpty() && !arguments.isOn("help")) {
                throw UtlException.usage("unknown command \"" + words.get(0) + "\" for \"etcdutl\"");
            }
            console.out().print(HelpText.of(line.path()));
            return;
        }
        line.checkRequired();
        action.get().run(arguments, console);
    }

    /** What the system says comes without words of its own for it; our own exceptions say all. */
    private static String text(IOException e) {
        return e instanceof FileSystemException system && system.getFile() != null
                ? OsErrors.describe("open", system.getFile(), e)
                : String.valueOf(e.getMessage());
    }
}

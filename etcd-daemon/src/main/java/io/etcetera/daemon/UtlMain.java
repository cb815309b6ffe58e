package io.etcetera.daemon;

import io.etcetera.server.text.GoText;
import java.io.PrintStream;
import java.util.List;

/** The command {@code etcdutl}, which works on the files of a member that does not run. */
public final class UtlMain {
    private static final List<String> COMMANDS =
            List.of("check", "completion", "defrag", "hashkv", "help", "migrate", "snapshot");

    private UtlMain() {}

    /** Runs the command; does not return. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** Runs the command and answers the exit status. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        if (command.equals("version")) {
            out.print("etcdutl version: " + Build.current().etcdVersion() + "\nAPI version: 3.7\n");
            out.flush();
            return Daemon.OK;
        }
        if (command.isEmpty()) {
            err.println("Usage:\n  etcdutl version\n\nNot available in this version: " + String.join(", ", COMMANDS));
        } else if (COMMANDS.contains(command)) {
            err.println("Error: etcdutl " + command + " is not available in this version");
        } else {
            err.println("Error: unknown command " + GoText.quote(command) + " for \"etcdutl\"");
        }
        return Daemon.FAILED;
    }
}

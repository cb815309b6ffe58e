package io.etcetera.daemon.utl;

import io.etcetera.daemon.log.Levels;
import io.etcetera.daemon.log.Logs;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The command {@code etcdutl}, which works on the files of a member that does not run. */
public final class UtlMain {
    /** Set by the launcher, which can tell: whether errors and progress go to a terminal. */
    private static final String TERMINAL = "etcetera.terminal";

    private UtlMain() {}

    /** Runs the command; does not return. */
    public static void main(String[] arguments) throws Logs.OutputException {
        Logs.own();
        Logs.apply(new Logs.Plan(Levels.INFO, false, List.of("stderr"), Optional.empty()));
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        int status =
                EtcdUtl.run(List.of(arguments), new Console(out, err, Boolean.getBoolean(TERMINAL), System::nanoTime));
        out.flush();
        err.flush();
        System.exit(status);
    }

    /** UTF-8 whatever the locale says, as Go's. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}

package io.etcetera.daemon.utl;

import io.etcetera.server.migrate.Migration;
import io.etcetera.server.migrate.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code etcdutl migrate}: makes a data directory of the one server out of the other's. etcd's command of this name changes the layout of
 * a directory in place, for a release before or after; here releases have no layouts of their own.
 */
final class MigrateCommand {
    private static final String DATA_DIR = "data-dir";
    private static final String WAL_DIR = "wal-dir";
    private static final String OUTPUT_DIR = "output-dir";
    private static final String TO = "to";
    private static final String TARGET_VERSION = "target-version";
    private static final String VERSION = "3.7";

    private MigrateCommand() {}

    static Command command() {
        return Command.of(
                "migrate",
                "Makes a data directory for this server out of that of an etcd written in Go, or the other way round",
                List.of(
                        required(
                                DATA_DIR,
                                "Required. Path to the data dir of a member that does not run; it is left as it is."),
                        required(
                                OUTPUT_DIR,
                                "Required. Path to the data dir to be made, which must not exist or be empty."),
                        required(TO, "Required. Whose the new data dir is to be: 'etcetera' or 'etcd'."),
                        Flag.string(TARGET_VERSION, VERSION, "Release of etcd that the new data dir is for."),
                        Flag.string(WAL_DIR, "", "Path to the WAL of the member, if it is not inside its data dir.")),
                MigrateCommand::run);
    }

    private static Flag required(String name, String help) {
        return new Flag(name, "", Flag.Kind.STRING, "", help, true);
    }

    private static void run(Arguments arguments, Console console) throws UtlException, IOException {
        Path dataDir = Path.of(arguments.text(DATA_DIR));
        Path output = Path.of(arguments.text(OUTPUT_DIR));
        Path wal = arguments.text(WAL_DIR).isEmpty()
                ? dataDir.resolve("member").resolve("wal")
                : Path.of(arguments.text(WAL_DIR));
        if (!arguments.text(TARGET_VERSION).matches("3\\.7(\\..*)?")) {
            throw UtlException.badArguments("etcd " + arguments.text(TARGET_VERSION)
                    + " is none that data dirs can be made for; only " + VERSION + " is");
        }
        Summary summary;
        try (Progress progress = console.progress("migrating " + dataDir, 0)) {
            summary = switch (arguments.text(TO)) {
                case "etcetera" -> Migration.fromGo(dataDir, wal, output, progress::at);
                case "etcd" -> Migration.toGo(dataDir, wal, output, progress::at);
                default ->
                    throw UtlException.badArguments(
                            "--to must be 'etcetera' or 'etcd', not '" + arguments.text(TO) + "'");
            };
        }
        console.out()
                .println("made " + output + " for member "
                        + Long.toHexString(summary.identity().memberId()) + " of cluster "
                        + Long.toHexString(summary.identity().clusterId()) + ": the store holds entries up to "
                        + summary.index() + ", the log up to " + summary.lastIndex());
    }
}

package io.etcetera.daemon.utl;

import io.etcetera.daemon.utl.Report.Column;
import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.snapshot.SnapshotFile;
import io.etcetera.mvcc.snapshot.SnapshotStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code etcdutl snapshot status}. */
final class SnapshotStatusCommand {
    private SnapshotStatusCommand() {}

    static Command command() {
        return Command.of(
                "status <filename>",
                "Gets backend snapshot status of a given file",
                List.of(),
                SnapshotStatusCommand::run);
    }

    private static void run(Arguments arguments, Console console) throws UtlException, IOException {
        if (arguments.positional().size() != 1) {
            throw UtlException.badArguments("snapshot status requires exactly one argument");
        }
        Path path = Paths.existing(arguments.positional().get(0));
        Report.Form form = Report.Form.of(arguments);
        console.out().print(report(read(path, console)).text(form));
    }

    private static SnapshotStatus read(Path path, Console console) throws IOException {
        try (Progress progress =
                        console.progress("reading " + path, path.toFile().length());
                SnapshotFile file = SnapshotFile.open(path, progress)) {
            return file.status();
        }
    }

    private static Report report(SnapshotStatus status) {
        long hash = Integer.toUnsignedLong(status.crc());
        return new Report(List.of(
                new Column("hash", "Hash", "hash", Long.toHexString(hash), Long.toString(hash), false),
                Column.number("revision", "Revision", "revision", status.revision()),
                Column.number("total keys", "Keys", "totalKey", status.totalKeys()),
                new Column(
                        "total size",
                        "Size",
                        "totalSize",
                        ByteSize.format(status.sizeBytes()),
                        Long.toString(status.sizeBytes()),
                        false),
                Column.text("version", "Version", "version", status.version())));
    }
}

package io.etcetera.daemon.utl;

import io.etcetera.daemon.utl.Report.Column;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.snapshot.SnapshotFile;
import io.etcetera.server.read.RevisionErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code etcdutl hashkv}, of a bbolt file or of this server's store. */
final class HashKvCommand {
    private static final String REVISION = "rev";

    private HashKvCommand() {}

    static Command command() {
        Flag revision = new Flag(
                REVISION, "", Flag.Kind.INT, "0", "maximum revision to hash (default: latest revision)", false);
        return Command.of(
                "hashkv <filename>",
                "Prints the KV history hash of a given file",
                List.of(revision),
                HashKvCommand::run);
    }

    private static void run(Arguments arguments, Console console)
            throws UtlException, IOException, InterruptedException {
        if (arguments.positional().size() != 1) {
            throw UtlException.usage(
                    "accepts 1 arg(s), received " + arguments.positional().size());
        }
        Report.Form form = Report.Form.of(arguments);
        Path path = Paths.existing(arguments.positional().get(0));
        try {
            KvHash hash = hash(path, arguments, console);
            console.out().print(report(hash).text(form));
        } catch (RevisionException e) {
            throw UtlException.failed(
                    withoutPrefix(RevisionErrors.toEtcd(e).error().text()));
        }
    }

    private static KvHash hash(Path path, Arguments arguments, Console console)
            throws IOException, RevisionException, UtlException, InterruptedException {
        long revision = arguments.number(REVISION);
        if (StoppedStore.isOne(path)) {
            try (StoppedStore store = StoppedStore.open(path)) {
                return store.hash(revision);
            }
        }
        try (Progress progress =
                        console.progress("reading " + path, path.toFile().length());
                SnapshotFile file = SnapshotFile.open(path, progress)) {
            return file.hash(revision);
        }
    }

    /** What the store says, and the server puts its name before. */
    private static String withoutPrefix(String text) {
        return text.replaceFirst("^etcdserver: ", "");
    }

    private static Report report(KvHash hash) {
        return new Report(List.of(
                Column.number("hash", "Hash", "hash", Integer.toUnsignedLong(hash.crc())),
                Column.number("hash revision", "Hash revision", "hashRevision", hash.revision()),
                Column.number("compact revision", "Compact revision", "compactRevision", hash.compactRevision())));
    }
}

package io.etcetera.daemon.utl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code etcdutl defrag}. */
final class DefragCommand {
    private static final String DATA_DIR = "data-dir";

    private DefragCommand() {}

    static Command command() {
        Flag dataDir = new Flag(
                DATA_DIR, "", Flag.Kind.STRING, "", "Required. Defragments a data directory not in use by etcd.", true);
        return Command.of("defrag", "Defragments the storage of the etcd", List.of(dataDir), DefragCommand::run);
    }

    private static void run(Arguments arguments, Console console) throws UtlException {
        String dataDir = arguments.text(DATA_DIR);
        try {
            defragment(Path.of(dataDir));
        } catch (UtlException e) {
            throw UtlException.failed("Failed to defragment etcd data[" + dataDir + "] (" + e.getMessage() + ")");
        }
    }

    private static void defragment(Path dataDir) throws UtlException {
        Path snap = dataDir.resolve("member").resolve("snap");
        Path store = snap.resolve(StoppedStore.FILE_NAME);
        if (!Files.exists(store) && Files.exists(snap.resolve("db"))) {
            throw UtlException.failed("this is the data of a Go etcd, which is defragmented by its own etcdutl");
        }
        try (StoppedStore opened = StoppedStore.open(Paths.existing(store.toString()))) {
            opened.defragment();
        }
    }
}

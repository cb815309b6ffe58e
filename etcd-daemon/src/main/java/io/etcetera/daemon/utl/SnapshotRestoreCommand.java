package io.etcetera.daemon.utl;

import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.boot.SnapshotRestore;
import io.etcetera.server.text.BadValueException;
import io.etcetera.server.text.EtcdUrls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** {@code etcdutl snapshot restore}. */
final class SnapshotRestoreCommand {
    private static final String LOCAL_PEER_URL = "http://localhost:2380";

    private static final List<Flag> FLAGS = List.of(
            Flag.unsigned("bump-revision", "0", "How much to increase the latest revision after restore"),
            Flag.string("data-dir", "", "Path to the output data directory"),
            Flag.string(
                    "initial-advertise-peer-urls",
                    LOCAL_PEER_URL,
                    "List of this member's peer URLs to advertise to the rest of the cluster"),
            Flag.string(
                    "initial-cluster",
                    "default=" + LOCAL_PEER_URL,
                    "Initial cluster configuration for restore bootstrap"),
            Flag.string(
                    "initial-cluster-token",
                    "etcd-cluster",
                    "Initial cluster token for the etcd cluster during restore bootstrap"),
            Flag.unsigned(
                    "initial-memory-map-size",
                    "10737418240",
                    "Initial memory map size of the database in bytes. It uses the default value if not defined or"
                            + " defined to 0"),
            Flag.onOff(
                    "mark-compacted",
                    "Mark the latest revision after restore as the point of scheduled compaction (required if"
                            + " --bump-revision > 0, disallowed otherwise)"),
            Flag.string("name", "default", "Human-readable name for this member"),
            Flag.onOff(
                    "skip-hash-check", "Ignore snapshot integrity hash value (required if copied from data directory)"),
            Flag.string("wal-dir", "", "Path to the WAL directory (use --data-dir if none given)"));

    private SnapshotRestoreCommand() {}

    static Command command() {
        return Command.of(
                "restore <filename> --data-dir {output dir} [options]",
                "Restores an etcd member snapshot to an etcd directory",
                FLAGS,
                SnapshotRestoreCommand::run);
    }

    private static void run(Arguments arguments, Console console) throws UtlException, IOException {
        if (arguments.positional().size() != 1) {
            throw UtlException.badArguments("snapshot restore requires exactly one argument");
        }
        long bump = arguments.number("bump-revision");
        if ((bump != 0) != arguments.isOn("mark-compacted")) {
            throw UtlException.badArguments("--mark-compacted required if --revision-bump > 0");
        }
        Path snapshot = Paths.notDirectory(arguments.positional().get(0));
        try (Progress progress =
                console.progress("restoring " + snapshot, snapshot.toFile().length())) {
            restore(snapshot, bump, arguments).run(progress);
        } catch (ClusterConfigException e) {
            throw UtlException.failed(String.valueOf(e.getMessage()));
        }
    }

    private static SnapshotRestore restore(Path snapshot, long bump, Arguments arguments) throws UtlException {
        String name = arguments.text("name");
        String given = arguments.text("data-dir");
        Path dataDir = Path.of(given.isEmpty() ? name + ".etcd" : given);
        String walDir = arguments.text("wal-dir");
        return new SnapshotRestore(
                snapshot,
                dataDir,
                walDir.isEmpty() ? dataDir.resolve("member").resolve("wal") : Path.of(walDir),
                name,
                peerUrls(arguments.text("initial-advertise-peer-urls")),
                arguments.text("initial-cluster"),
                arguments.text("initial-cluster-token"),
                arguments.isOn("skip-hash-check"),
                bump);
    }

    private static List<URI> peerUrls(String text) throws UtlException {
        try {
            return EtcdUrls.parse(text);
        } catch (BadValueException e) {
            throw UtlException.failed(String.valueOf(e.getMessage()));
        }
    }
}

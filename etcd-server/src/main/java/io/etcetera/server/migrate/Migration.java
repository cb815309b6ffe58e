package io.etcetera.server.migrate;

import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.boot.DataDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Makes a data directory of the one server out of the other's, which is left as it is. Nobody may run on it meanwhile. */
public final class Migration {
    private Migration() {}

    /**
     * Makes a data directory of this server out of that of a Go etcd 3.4 to 3.7.
     *
     * @param walDirectory of the Go etcd
     * @param output to be made, or empty
     * @throws MigrationException if that cannot be done; {@code output} is as it was then
     */
    public static Summary fromGo(Path dataDir, Path walDirectory, Path output, MigrationProgress progress)
            throws IOException {
        GoMember source = new GoMember(dataDir.resolve("member"), walDirectory);
        if (!source.exists()) {
            throw new MigrationException(dataDir + " is not the data directory of a Go etcd");
        }
        return make(output, member -> new GoMemberImport(source, progress).into(member, member.resolve("wal")));
    }

    /**
     * Makes a data directory of a Go etcd 3.7 out of one of this server.
     *
     * @param walDirectory of this server
     * @param output to be made, or empty
     * @throws MigrationException if that cannot be done; {@code output} is as it was then
     */
    public static Summary toGo(Path dataDir, Path walDirectory, Path output, MigrationProgress progress)
            throws IOException {
        Path member = dataDir.resolve("member");
        if (!Identity.exists(member)) {
            throw new MigrationException(dataDir + " is not a data directory of this server");
        }
        try {
            Closeable lock = DataDirectory.lock(dataDir);
            try {
                Identity identity = Identity.read(member);
                Path store = member.resolve("snap").resolve("store.mdb");
                return make(output, made -> new GoMemberExport(store, walDirectory, identity, progress).into(made));
            } finally {
                lock.close();
            }
        } catch (ClusterConfigException e) {
            throw new MigrationException(String.valueOf(e.getMessage()), e);
        }
    }

    private interface Maker {
        Summary into(Path member) throws IOException;
    }

    private static Summary make(Path output, Maker maker) throws IOException {
        Path building = output.resolve("member.building");
        refuseTaken(output, building);
        Takeover.deleteAll(building);
        Files.createDirectories(building);
        Summary summary;
        try {
            summary = maker.into(building);
        } catch (IOException | RuntimeException e) {
            Takeover.deleteAll(building);
            throw e;
        }
        Swap.force(building);
        Files.move(building, output.resolve("member"), StandardCopyOption.ATOMIC_MOVE);
        Swap.force(output);
        return summary;
    }

    private static void refuseTaken(Path output, Path building) throws IOException {
        if (!Files.exists(output)) {
            return;
        }
        try (Stream<Path> files = Files.list(output)) {
            // What an earlier attempt has left does not count.
            if (files.anyMatch(file -> !file.equals(building))) {
                throw new MigrationException("the output directory " + output + " is not empty");
            }
        }
    }
}

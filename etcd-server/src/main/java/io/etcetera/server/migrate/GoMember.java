package io.etcetera.server.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a member of a Go etcd.
 *
 * @param directory holds {@code snap}, and {@code wal} unless that is elsewhere
 * @param walDirectory holds the log
 */
public record GoMember(Path directory, Path walDirectory) {

    /** The store. */
    Path storeFile() {
        return directory.resolve("snap").resolve("db");
    }

    /** A store that came from the leader, with what the log held up to an entry, and was not put in place any more. */
    private Path receivedStore(long index) {
        return directory.resolve("snap").resolve(String.format("%016x.snap.db", index));
    }

    /** Whether there is anything of a Go etcd. */
    public boolean exists() throws IOException {
        return Files.exists(storeFile()) || hasLog();
    }

    private boolean hasLog() throws IOException {
        if (!Files.isDirectory(walDirectory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(walDirectory)) {
            return files.anyMatch(file -> GoWal.isSegmentName(file.getFileName().toString()));
        }
    }

    GoWal openLog() throws IOException {
        if (!hasLog()) {
            throw new MigrationException(
                    "there is a store of a Go etcd, " + storeFile() + ", but no log in " + walDirectory
                            + "; name its directory with --wal-dir, or restore a member from a snapshot of the store");
        }
        FileLocks.refuseIfLocked(directory, storeFile());
        return GoWal.open(walDirectory);
    }

    /** The store that goes with a log: the newest one, wherever the member got to with putting it in place. */
    GoStore openStore(GoWal log, MigrationProgress progress) throws IOException {
        long snapshot = log.newestSnapshot().map(found -> found.getIndex()).orElse(0L);
        Optional<GoStore> store =
                Files.exists(storeFile()) ? Optional.of(GoStore.open(storeFile(), progress)) : Optional.empty();
        if (store.isPresent() && store.get().consistentIndex() >= snapshot) {
            return store.get();
        }
        if (store.isPresent()) {
            store.get().close();
        }
        if (Files.exists(receivedStore(snapshot))) {
            return GoStore.open(receivedStore(snapshot), progress);
        }
        throw new MigrationException("the store " + storeFile() + " is "
                + (store.isPresent() ? "older than the log's snapshot at entry " + snapshot : "missing")
                + "; restore the whole directory from a backup");
    }
}

package io.etcetera.server.migrate;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreSnapshot;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.raftpb.ConfState;
import io.etcetera.proto.raftpb.HardState;
import io.etcetera.proto.walpb.Snapshot;
import io.etcetera.raft.LogExport;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletionException;

/**
 * Makes the files of a member of a Go etcd 3.7 out of those of this server's member: the store as it is, and the log behind it, entry by
 * entry with index and term, together with the member's term and vote. To the members of a cluster that go over together this is a
 * restart, as it is the other way round ({@link GoMemberImport}).
 */
final class GoMemberExport {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path storeFile;
    private final Path walDirectory;
    private final Identity identity;
    private final MigrationProgress progress;

    GoMemberExport(Path storeFile, Path walDirectory, Identity identity, MigrationProgress progress) {
        this.storeFile = storeFile;
        this.walDirectory = walDirectory;
        this.identity = identity;
        this.progress = progress;
    }

    /**
     * Makes the files, all durable when this returns.
     *
     * @param member directory to be made
     * @throws MigrationException if the member's files cannot be used; the new ones are worth nothing then
     */
    Summary into(Path member) throws IOException {
        Path snap = Files.createDirectories(member.resolve("snap"));
        Path wal = Files.createDirectories(member.resolve("wal"));
        try (ReplaceableBackend backend = LmdbStore.open(storeFile, BackendOptions.DEFAULT);
                LogExport log = LogExport.open(walDirectory)) {
            check(backend, log);
            ClusterStore cluster = new ClusterStore(identity, backend);
            copyStore(backend, snap.resolve("db"));
            writeLog(backend, cluster, log, wal);
            return new Summary(
                    identity,
                    backend.consistentIndex(),
                    log.lastIndex(),
                    cluster.versions().cluster().orElse(""));
        } catch (CorruptStoreException | StoreFailedException | CompletionException e) {
            throw new MigrationException("the store " + storeFile + " cannot be taken over: " + e.getMessage(), e);
        }
    }

    private void check(Backend backend, LogExport log) throws MigrationException {
        long index = backend.consistentIndex();
        if (index == 0) {
            throw new MigrationException("the member with store " + storeFile + " has never been part of its cluster");
        }
        if (log.firstIndex() > index + 1) {
            throw new MigrationException("the log in " + walDirectory + " begins at entry " + log.firstIndex()
                    + ", but the store has applied only " + index + ": the store is older than the log");
        }
    }

    private void copyStore(ReplaceableBackend backend, Path file) throws IOException {
        try (StoreSnapshot snapshot =
                backend.snapshot(() -> false).toCompletableFuture().join()) {
            copy(snapshot, file);
        }
    }

    private void copy(StoreSnapshot from, Path file) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long written = 0;
            while (written < from.sizeBytes()) {
                ByteBuffer part = from.next(BUFFER_BYTES);
                while (part.hasRemaining()) {
                    written += out.write(part);
                }
                progress.at(written, from.sizeBytes());
            }
            out.force(true);
        }
    }

    private void writeLog(Backend backend, ClusterStore cluster, LogExport log, Path directory) throws IOException {
        long index = backend.consistentIndex();
        ConfState.Builder members = ConfState.newBuilder();
        for (Member member : cluster.members()) {
            if (member.getIsLearner()) {
                members.addLearners(member.getID());
            } else {
                members.addVoters(member.getID());
            }
        }
        try (GoWalWriter writer = GoWalWriter.create(directory, identity.memberId(), identity.clusterId())) {
            writer.write(HardState.newBuilder()
                    .setTerm(log.term())
                    .setVote(log.votedFor())
                    .setCommit(index)
                    .build());
            writer.write(Snapshot.newBuilder()
                    .setIndex(index)
                    .setTerm(backend.consistentTerm())
                    .setConfState(members)
                    .build());
            log.forEach(index + 1, (at, term, data) -> writer.write(GoEntries.toGo(at, term, data)));
            writer.finish();
        }
    }
}

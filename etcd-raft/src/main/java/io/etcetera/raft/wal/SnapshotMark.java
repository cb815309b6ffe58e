package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A few opaque bytes that say what the latest snapshot is, in the file {@code snapshot} beside the log. Replaced as a
 * whole: a crash leaves the old or the new, and damage is found by checksum. Threads: safe from any; calls exclude each
 * other.
 */
public final class SnapshotMark {
    private static final String NAME = "snapshot";

    private final DurableRecordFile file;
    private byte @Nullable [] payload;

    private SnapshotMark(DurableRecordFile file, byte @Nullable [] payload) {
        this.file = file;
        this.payload = payload;
    }

    /**
     * Opens the mark in {@code directory}, which is made if missing. Whoever calls must be the only user of the directory.
     *
     * @param fsync whether saves are made durable; false is for tests only
     * @throws WalCorruptException if it is damaged
     */
    public static SnapshotMark open(Path directory, boolean fsync) throws IOException {
        return open(directory, new NioWalFiles(fsync));
    }

    static SnapshotMark open(Path directory, WalFiles files) throws IOException {
        DurableRecordFile file = new DurableRecordFile(files, directory, NAME);
        return new SnapshotMark(file, file.load());
    }

    /** A copy of the bytes last saved; null if there never were any. */
    public synchronized byte @Nullable [] load() {
        return payload == null ? null : payload.clone();
    }

    /**
     * Saves a copy of {@code newPayload} and returns when it is durable.
     *
     * @throws IOException if that failed, now or before; which of the two is on disk is then unknown
     */
    public synchronized void save(byte[] newPayload) throws IOException {
        byte[] copy = newPayload.clone();
        file.save(copy);
        payload = copy;
    }
}

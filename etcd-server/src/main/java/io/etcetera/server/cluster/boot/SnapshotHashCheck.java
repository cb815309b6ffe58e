package io.etcetera.server.cluster.boot;

import io.etcetera.mvcc.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Compares a snapshot with the SHA-256 at its end, on a thread of its own, while its owner reads the same file: who comes second
 * finds it in the system's memory. Takes two megabytes.
 */
final class SnapshotHashCheck implements AutoCloseable {
    /** Sizes that are a multiple of this and the length of a hash belong to files that have one at their end. */
    private static final int SECTOR_BYTES = 512;

    private static final int READ_BYTES = 1 << 20;

    private final Path snapshot;
    private final FileChannel file;
    private final FutureTask<Boolean> comparison;

    private SnapshotHashCheck(Path snapshot, FileChannel file, boolean skip) {
        this.snapshot = snapshot;
        this.file = file;
        this.comparison = new FutureTask<>(() -> skip || compare());
    }

    /**
     * Begins, and returns at once.
     *
     * @param skip whether the hash need not be there, nor match
     * @throws IOException if the file cannot be read, or has no hash
     */
    static SnapshotHashCheck begin(Path snapshot, boolean skip) throws IOException {
        FileChannel file = FileChannel.open(snapshot, StandardOpenOption.READ);
        try {
            if (!skip && file.size() % SECTOR_BYTES != Sha256.BYTES) {
                throw new IOException("snapshot missing hash but --skip-hash-check=false");
            }
            SnapshotHashCheck check = new SnapshotHashCheck(snapshot, file, skip);
            new Thread(check.comparison, "snapshot-hash").start();
            return check;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * Returns when the file is known to be what was hashed.
     *
     * @throws IOException if it is not, or cannot be read
     */
    void await() throws IOException {
        try {
            boolean unusedAlwaysTrue = comparison.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while hashing " + snapshot);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** Returns true, or throws. */
    private boolean compare() throws IOException {
        long hashed = file.size() - Sha256.BYTES;
        MessageDigest digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        for (long at = 0; at < hashed; at += buffer.limit()) {
            fill(buffer.clear().limit((int) Math.min(READ_BYTES, hashed - at)), at);
            digest.update(buffer.flip());
        }
        ByteBuffer expected = ByteBuffer.allocate(Sha256.BYTES);
        fill(expected, hashed);
        byte[] found = digest.digest();
        if (!MessageDigest.isEqual(expected.array(), found)) {
            throw new IOException("expected sha256 " + text(expected.array()) + ", got " + text(found));
        }
        return true;
    }

    private void fill(ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) {
                throw new IOException(snapshot + " became shorter while it was read");
            }
        }
    }

    /** As Go prints bytes. */
    private static String text(byte[] bytes) {
        StringBuilder out = new StringBuilder("[");
        for (byte b : bytes) {
            out.append(out.length() == 1 ? "" : " ").append(b & 0xff);
        }
        return out.append(']').toString();
    }

    /** Ends what still runs. */
    @Override
    public void close() throws IOException {
        file.close(); // A thread that reads from it is told so by an exception, and ends.
    }
}

package io.etcetera.mvcc.backend.page;

import io.etcetera.mvcc.StoreFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes a file fit to be opened: LMDB trusts its file, and pages that are missing end in a SIGBUS that takes the JVM
 * down, so a file that is foreign, cut short or damaged is refused here.
 */
public final class LmdbFile {
    /** What to do about a damaged file. */
    public static final String REMEDY =
            "restore the member from a snapshot or a backup, or, in a cluster, remove it and add it"
                    + " again with an empty data directory";

    private LmdbFile() {}

    /**
     * Passes a file that is missing, empty, or a sound LMDB file. Reading all of it here, mostly in order, is not lost:
     * the load of the index then finds it in memory.
     */
    public static void prepare(Path file) {
        try {
            if (Files.exists(file) && Files.size(file) > 0) {
                LmdbFileCheck.check(file);
                extend(file);
            }
        } catch (IOException e) {
            throw new StoreFailedException("store " + file + ": cannot open: " + e, e);
        }
    }

    /**
     * A page that was taken and given back within one transaction is counted but never written, so a sound file may end
     * before its last page. Brings such a file to its full length, so that nothing read from the map lies behind its end.
     */
    private static void extend(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            LmdbMeta first = meta(channel, 0);
            int pageBytes = first.pageBytes();
            long lastPage = Math.max(first.lastPage(), meta(channel, pageBytes).lastPage());
            long wanted = (lastPage + 1) * pageBytes;
            if (channel.size() < wanted) {
                channel.write(ByteBuffer.allocate(1), wanted - 1);
            }
        }
    }

    private static LmdbMeta meta(FileChannel channel, long position) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(LmdbMeta.BYTES).order(ByteOrder.nativeOrder());
        RawFile.fill(channel, page, position);
        return new LmdbMeta(page);
    }

    /** Makes the file's name durable: LMDB syncs only what is inside. */
    public static void syncDirectory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new StoreFailedException("store " + file + ": cannot sync its directory: " + e.getMessage(), e);
        }
    }
}

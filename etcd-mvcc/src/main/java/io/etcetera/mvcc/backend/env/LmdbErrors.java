package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.StoreFullException;
import io.etcetera.mvcc.backend.page.LmdbFile;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.nio.file.Path;
import java.util.HexFormat;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/** The one place that turns what LMDB reports into the store's exceptions. */
final class LmdbErrors {
    static final int ENOMEM = 12;

    private static final int EPERM = 1;
    private static final int EIO = 5;
    private static final int EACCES = 13;
    private static final int EINVAL = 22;
    private static final int ENOSPC = 28;
    private static final int EROFS = 30;
    private static final int EDQUOT = 122;

    /** What to do where that library is missing; the properties are those of lmdbjava. */
    private static final String NATIVE_REMEDY =
            "It comes along for Linux with glibc, macOS (both on x86_64 and aarch64) and Windows (x86_64), and is unpacked"
                    + " into -Djava.io.tmpdir, which must allow programs to be run. Elsewhere, install LMDB and name its"
                    + " library in -Dlmdbjava.native.lib; with musl,"
                    + " -Dlmdbjava.embedded.lib=org/lmdbjava/native/x86_64-linux-musl.so (or aarch64-) takes one that comes"
                    + " along";

    private volatile Path file;
    private final long mapSizeBytes;

    LmdbErrors(Path file, long mapSizeBytes) {
        this.file = file;
        this.mapSizeBytes = mapSizeBytes;
    }

    /** The file has another name from now on. */
    void renamedTo(Path newName) {
        file = newName;
    }

    /** Name of the file. */
    Path file() {
        return file;
    }

    long mapSizeBytes() {
        return mapSizeBytes;
    }

    /** Our exception for what went wrong while {@code doing} something, a phrase like "commit". */
    RuntimeException translate(String doing, RuntimeException cause) {
        if (!(cause instanceof LmdbException)) {
            // Includes the IllegalArgumentException of lmdbjava for a code that it does not know.
            return isOurs(cause) ? cause : new StoreFailedException(prefix(doing) + cause.getMessage(), cause);
        }
        if (cause instanceof Env.MapFullException) {
            return new StoreFullException(
                    prefix(doing) + "the map size of " + mapSizeBytes
                            + " bytes is used up; compact and defragment, or open the store with a larger map size",
                    cause);
        }
        if (cause instanceof LmdbNativeException.PageCorruptedException
                || cause instanceof LmdbNativeException.PageNotFoundException
                || cause instanceof Env.FileInvalidException
                || cause instanceof Env.VersionMismatchException
                || cause instanceof Dbi.IncompatibleException) {
            return new CorruptStoreException(
                    prefix(doing) + "the file is damaged (" + cause.getMessage() + "); " + LmdbFile.REMEDY, cause);
        }
        if (cause instanceof Env.ReadersFullException) {
            return new StoreFailedException(
                    prefix(doing) + "too many threads read at once; every slot of the reader table is taken", cause);
        }
        if (cause instanceof LmdbNativeException e) {
            return forErrno(doing, e);
        }
        return new StoreFailedException(prefix(doing) + cause.getMessage(), cause);
    }

    /** For a record that does not match its checksum. */
    CorruptStoreException damaged(Bucket bucket, byte[] key) {
        String hex = HexFormat.of().formatHex(key);
        String place = bucket == Bucket.KEY && RevisionKey.isValid(key)
                ? "revision " + RevisionKey.main(key) + "/" + RevisionKey.sub(key)
                        + (RevisionKey.isTombstone(key) ? ", a deletion" : "") + " (key " + hex + ")"
                : "key " + hex;
        return new CorruptStoreException("store " + file + " is damaged: the record of bucket " + bucket.bucketName()
                + " at " + place + " does not match its checksum; " + LmdbFile.REMEDY);
    }

    /** For a bucket that no version of this server has made. */
    CorruptStoreException unknownBucket(String name) {
        return new CorruptStoreException("store " + file + " is damaged: it has a bucket of the unknown name \"" + name
                + "\"; " + LmdbFile.REMEDY);
    }

    /** For a system on which LMDB's native code cannot be loaded. */
    StoreFailedException notLoaded(LinkageError cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.toString().lines().findFirst().orElse("no reason given");
        return new StoreFailedException(
                prefix("open") + "the native library of LMDB cannot be loaded on "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch") + " (" + reason + "). "
                        + NATIVE_REMEDY,
                cause);
    }

    private RuntimeException forErrno(String doing, LmdbNativeException cause) {
        return switch (cause.getResultCode()) {
            case ENOSPC ->
                new StoreFullException(prefix(doing) + "no space left on the disk; free some and start again", cause);
            case EDQUOT ->
                new StoreFullException(
                        prefix(doing) + "the disk quota of this user is used up; raise it and start again", cause);
            case EIO ->
                new StoreFailedException(prefix(doing) + "I/O error; check the disk before starting again", cause);
            case EACCES, EPERM, EROFS ->
                new StoreFailedException(
                        prefix(doing)
                                + "permission denied; the process must be able to write the file and its directory",
                        cause);
            case ENOMEM, EINVAL ->
                new StoreFailedException(
                        prefix(doing) + "the system refuses to map " + mapSizeBytes
                                + " bytes; raise the limit on address space (ulimit -v)",
                        cause);
            default -> new StoreFailedException(prefix(doing) + cause.getMessage(), cause);
        };
    }

    private static boolean isOurs(RuntimeException e) {
        return e instanceof StoreFailedException || e instanceof CorruptStoreException;
    }

    private String prefix(String doing) {
        return "store " + file + ": cannot " + doing + ": ";
    }
}

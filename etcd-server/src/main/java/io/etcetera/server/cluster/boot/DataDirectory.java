package io.etcetera.server.cluster.boot;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.Identity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's directory, locked against other processes and other members of this one. Opened before anything inside it,
 * closed after everything.
 *
 * <pre>
 * data-dir/member/identity        whose it is; the first file to be written
 * data-dir/member/lock            locked while a member runs
 * data-dir/member/snap/store.mdb  the store
 * data-dir/member/wal/            the log
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    /** Name of the store's file. */
    static final String STORE_FILE = "store.mdb";

    private final FileChannel lockFile;
    private final Identity identity;
    private final Path storeFile;
    private final boolean hadLog;

    private DataDirectory(FileChannel lockFile, Identity identity, Path storeFile, boolean hadLog) {
        this.lockFile = lockFile;
        this.identity = identity;
        this.storeFile = storeFile;
        this.hadLog = hadLog;
    }

    /**
     * Opens the directory of the configuration, creating it for a new member.
     *
     * @param bootstrapper asked who a new member is, before anything is created
     * @throws ClusterConfigException if it is in use, is not ours, or is new and the configuration is no good
     */
    public static DataDirectory open(EtcdConfig config, Bootstrapper bootstrapper)
            throws IOException, ClusterConfigException, InterruptedException {
        Path member = config.memberDirectory();
        refuseForeign(config);
        if (!Identity.exists(member)) {
            bootstrapper.bootstrap();
        }
        createPrivate(config.dataDir());
        createPrivate(member);
        FileChannel lockFile = lock(config.dataDir(), member.resolve("lock"));
        try {
            Path snap = member.resolve("snap");
            createPrivate(snap);
            createPrivate(config.walDirectory());
            return open(config, bootstrapper, lockFile, snap.resolve(STORE_FILE));
        } catch (Throwable e) {
            lockFile.close();
            throw e;
        }
    }

    private static DataDirectory open(
            EtcdConfig config, Bootstrapper bootstrapper, FileChannel lockFile, Path storeFile)
            throws IOException, ClusterConfigException, InterruptedException {
        Path member = config.memberDirectory();
        if (Identity.exists(member)) {
            if (!Files.exists(storeFile) && !isEmpty(config.walDirectory())) {
                throw new ClusterConfigException(
                        "the store " + storeFile + " is missing, but there is a log in " + config.walDirectory()
                                + "; restore the data directory from a backup, or start with an empty one");
            }
            boolean hadLog = hasLog(config);
            if (hadLog && config.discovery().isWanted()) {
                log.atWarn()
                        .addKeyValue("wal-dir", config.walDirectory())
                        .log("discovery token is ignored since cluster already initialized; valid logs are found");
            }
            return new DataDirectory(lockFile, Identity.read(member), storeFile, hadLog);
        }
        Identity identity = bootstrapper.bootstrap().identity();
        identity.write(member);
        return new DataDirectory(lockFile, identity, storeFile, false);
    }

    private static void refuseForeign(EtcdConfig config) throws ClusterConfigException {
        Path member = config.memberDirectory();
        if (Identity.exists(member)) {
            return;
        }
        Path store = member.resolve("snap").resolve(STORE_FILE);
        boolean ourLog = hasLog(config);
        if (Files.exists(store) || ourLog) {
            throw new ClusterConfigException("data directory " + config.dataDir() + " holds "
                    + (ourLog ? "a log" : "a store") + " but no file " + member.resolve("identity")
                    + " that says whose it is; restore it from a backup, or start with an empty data directory");
        }
    }

    /** Whether a directory holds files of this server, if perhaps not all it should. */
    public static boolean isOurs(EtcdConfig config) {
        Path member = config.memberDirectory();
        return Identity.exists(member) || Files.exists(member.resolve("snap").resolve("store.mdb")) || hasLog(config);
    }

    private static boolean hasLog(EtcdConfig config) {
        // Both servers name log segments alike; the hard state is a file of its own with this one alone.
        return Files.exists(config.walDirectory().resolve("hardstate"));
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** Makes a directory that only its owner can look into; does nothing if it is there. */
    static void createPrivate(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
        } else {
            Files.createDirectories(directory);
        }
    }

    /**
     * Keeps members off a data directory while somebody else works on its files, until that is closed.
     *
     * @throws ClusterConfigException if a member runs on it
     */
    public static Closeable lock(Path dataDir) throws IOException, ClusterConfigException {
        return lock(dataDir, dataDir.resolve("member").resolve("lock"));
    }

    private static FileChannel lock(Path dataDir, Path file) throws IOException, ClusterConfigException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            log.atDebug().setCause(e).log("a member of this process has the lock");
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new ClusterConfigException("data directory " + dataDir + " is in use by another member (" + file
                    + " is locked); stop that member, or use another data directory");
        }
        return channel;
    }

    public Identity identity() {
        return identity;
    }

    /** Where the store is, or is to be. */
    public Path storeFile() {
        return storeFile;
    }

    /** Whether there was a log when the directory was opened: the member had a part in a cluster before. */
    public boolean hadLog() {
        return hadLog;
    }

    /** Gives the lock back. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}

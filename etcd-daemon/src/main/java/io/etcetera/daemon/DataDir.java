package io.etcetera.daemon;

import io.etcetera.daemon.options.ConfigException;
import io.etcetera.server.text.GoText;
import io.etcetera.server.text.OsErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the data directory before the member does, so that what is wrong with it can be said in one line. */
final class DataDir {
    private static final Logger LOG = LoggerFactory.getLogger(DataDir.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private DataDir() {}

    /** What a data directory holds. */
    enum Kind {
        EMPTY,
        MEMBER,
        PROXY,
        MEMBER_AND_PROXY
    }

    /** What the directory holds; one that does not exist is empty. */
    static Kind identify(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return Kind.EMPTY;
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        boolean member = false;
        boolean proxy = false;
        for (String name : names(directory)) {
            // The second is there only while the files of a Go etcd are being replaced.
            if (name.equals("member") || name.equals("takeover")) {
                member = true;
            } else if (name.equals("proxy")) {
                proxy = true;
            } else if (!name.startsWith("member.")) {
                // Such are kept when the directory of a Go etcd is taken over.
                LOG.atWarn()
                        .addKeyValue("filename", name)
                        .addKeyValue("data-dir", directory)
                        .log("found invalid file under data directory");
            }
        }
        if (member) {
            return proxy ? Kind.MEMBER_AND_PROXY : Kind.MEMBER;
        }
        return proxy ? Kind.PROXY : Kind.EMPTY;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Makes the directory for its owner alone, or warns if others may look into it; then tries to write there. */
    static void prepare(Path directory) throws ConfigException {
        try {
            if (Files.isDirectory(directory)) {
                warnOfLoosePermissions(directory);
            } else {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "cannot access data directory: " + OsErrors.describe("mkdir", directory.toString(), e));
        }
        Path probe = directory.resolve(".touch");
        try {
            Files.write(probe, new byte[0]);
            Files.delete(probe);
        } catch (IOException e) {
            throw new ConfigException(
                    "cannot access data directory: " + OsErrors.describe("open", probe.toString(), e));
        }
    }

    private static void warnOfLoosePermissions(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (!permissions.equals(OWNER_ONLY)) {
            LOG.atWarn()
                    .addKeyValue(
                            "error",
                            "directory " + GoText.quote(directory.toString()) + " exist, but the permission is \"d"
                                    + PosixFilePermissions.toString(permissions)
                                    + "\". The recommended permission is \"-rwx------\" to prevent possible unprivileged"
                                    + " access to the data")
                    .log("check file permission");
        }
    }
}

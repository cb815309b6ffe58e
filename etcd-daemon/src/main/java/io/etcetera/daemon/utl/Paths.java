package io.etcetera.daemon.utl;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a command is given. */
final class Paths {
    private Paths() {}

    /** A file that must be there. */
    static Path existing(String name) throws UtlException {
        if (!Files.exists(Path.of(name))) {
            throw UtlException.failed("stat " + name + ": no such file or directory");
        }
        return notDirectory(name);
    }

    /** A file that may turn out to be missing. */
    static Path notDirectory(String name) throws UtlException {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw UtlException.failed(name + " is a directory; name a file");
        }
        return path;
    }
}

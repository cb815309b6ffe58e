package io.etcetera.daemon.utl;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a command is given. */
final class Paths {
    private Paths() {}

    /** A file that must be there. */
    static Path existing(String name) throws UtlException {
        Path path = Path.of(name);
        if (!Files.exists(path)) {
            throw UtlException.failed("stat " + name + ": no such file or directory");
        }
        if (Files.isDirectory(path)) {
            throw UtlException.failed(name + " is a directory; name a file");
        }
        return path;
    }
}

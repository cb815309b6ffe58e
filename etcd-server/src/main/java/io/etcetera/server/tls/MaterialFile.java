package io.etcetera.server.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads whole files. */
final class MaterialFile {
    private MaterialFile() {}

    static byte[] read(String file) throws TlsMaterialException {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (InvalidPathException e) {
            throw new TlsMaterialException("open " + file + ": invalid argument", e);
        } catch (IOException e) {
            throw TlsMaterialException.unreadable(file, e);
        }
    }
}

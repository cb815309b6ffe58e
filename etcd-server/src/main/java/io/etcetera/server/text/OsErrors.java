package io.etcetera.server.text;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** I/O failures in the words that Go programs have for them. */
public final class OsErrors {
    private static final String MISSING = "no such file or directory";

    private OsErrors() {}

    /** An I/O failure as {@code operation path: reason}, the reason being the system's own words in lower case. */
    public static String describe(String operation, String path, IOException failure) {
        return operation + " " + path + ": " + reason(failure);
    }

    /** The system's own words in a failure of Netty's native code, which puts the system call and the error's number before them. */
    public static String nativeReason(IOException failure) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof FileNotFoundException) {
            return MISSING; // comes without words
        }
        String said = String.valueOf(cause.getMessage());
        return said.substring(said.lastIndexOf(": ") + 1).strip().toLowerCase(Locale.ROOT);
    }

    private static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return MISSING;
        } else if (failure instanceof AccessDeniedException) {
            return "permission denied";
        } else if (failure instanceof NotDirectoryException || failure instanceof FileAlreadyExistsException) {
            return "not a directory";
        } else if (failure instanceof FileSystemException e && e.getReason() != null) {
            return e.getReason().toLowerCase(Locale.ROOT);
        }
        return String.valueOf(failure.getMessage());
    }
}

package io.etcetera.raft.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** All that this package asks of a file system: narrow, so that tests can lose power and fail writes. */
interface WalFiles {
    /** Makes the directory and its missing parents, durably. */
    void createDirectories(Path directory) throws IOException;

    /** Takes an exclusive lock, held until closed; throws with a clear message when someone else has it. */
    Closeable lock(Path file) throws IOException;

    /** Names of the regular files in a directory, in no order. */
    List<String> list(Path directory) throws IOException;

    /** Opens a file that exists, for reading and writing. */
    WalFile open(Path file) throws IOException;

    /** Makes an empty file in place of any that exists, for reading and writing. */
    WalFile create(Path file) throws IOException;

    /** Renames atomically, replacing the target. Durable only after {@link #syncDirectory}. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes the file if it exists. Durable only after {@link #syncDirectory}. */
    void delete(Path file) throws IOException;

    /** Makes files made, renamed and deleted in this directory durable. */
    void syncDirectory(Path directory) throws IOException;
}

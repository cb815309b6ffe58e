package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What is on disk is not what was written and acknowledged. The files were left as they are; the message names the file
 * and the offset, says what was expected, and what an operator can do.
 */
public final class WalCorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    WalCorruptException(Path file, long offset, String expectedAndFound) {
        super(file + " is damaged at offset " + offset + ": " + expectedAndFound
                + ". Acknowledged data may be lost, so this member must not go on; no file was changed. Restore the data"
                + " directory from a backup or snapshot, or remove this member from the cluster and add it again with"
                + " an empty data directory.");
    }
}

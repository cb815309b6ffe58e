package io.etcetera.raft;

import io.etcetera.raft.jraft.ExportedLog;
import java.io.IOException;
import java.nio.file.Path;

/** Reads the log directory of a member that does not run, for another implementation of Raft to go on with. One thread. */
public interface LogExport extends AutoCloseable {

    /**
     * Opens a log, and keeps others out of it until closed.
     *
     * @throws IOException if it is damaged or in use
     */
    static LogExport open(Path walDirectory) throws IOException {
        return ExportedLog.open(walDirectory);
    }

    /** Index of the first entry; of the one to be written next if there is none. */
    long firstIndex();

    /** Index of the last entry; that before the first if there is none. */
    long lastIndex();

    /** The term that the member must not forget. */
    long term();

    /** Whom it voted for in that term; 0 for nobody. */
    long votedFor();

    /** Is given entries in order. */
    interface Visitor {
        /**
         * Takes an entry.
         *
         * @param data of a proposal; empty for an entry that the log made for itself
         */
        void visit(long index, long term, byte[] data) throws IOException;
    }

    /** Visits the entries from {@code from}, which must be there or the next, to the last. */
    void forEach(long from, Visitor visitor) throws IOException;

    @Override
    void close();
}

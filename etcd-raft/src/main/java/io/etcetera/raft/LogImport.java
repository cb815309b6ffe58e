package io.etcetera.raft;

import io.etcetera.raft.jraft.ImportedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes the log directory of a member whose log comes from another implementation of Raft. Entries keep their index and term, and the
 * member its term and vote: then whatever was committed there stays committed here, if all members come over. One thread.
 */
public interface LogImport extends AutoCloseable {

    /**
     * Begins a log in a directory, which is made; it must hold none yet.
     *
     * @param firstIndex of the entry that will be appended first, or would be
     */
    static LogImport into(Path walDirectory, long firstIndex) throws IOException {
        return ImportedLog.into(walDirectory, firstIndex);
    }

    /**
     * What the state machine holds when the log is first used.
     *
     * @param index of the last entry whose effects it has; 0 for none
     * @param term of that entry
     * @param voters member IDs
     * @param learners member IDs
     */
    record Base(long index, long term, List<Long> voters, List<Long> learners) {
        public Base {
            voters = List.copyOf(voters);
            learners = List.copyOf(learners);
        }
    }

    /**
     * Appends an entry, whose index must follow the last one's.
     *
     * @param data of a proposal; empty for an entry that the other implementation made for itself
     */
    void append(long index, long term, byte[] data) throws IOException;

    /**
     * Makes the log complete and durable.
     *
     * @param base lies between the entry before the first and the last entry
     * @param term the member's, not below the last entry's
     * @param votedFor whom it voted for in that term; 0 for nobody
     */
    void finish(Base base, long term, long votedFor) throws IOException;

    @Override
    void close();
}

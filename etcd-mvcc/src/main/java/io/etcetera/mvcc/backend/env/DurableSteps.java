package io.etcetera.mvcc.backend.env;

/**
 * Told as the files of a store go from one state that a crash can leave to the next. Whoever listens holds the one
 * thread that changes the files, so that they stand still meanwhile and can be copied as a killed process would have
 * left them: this is how the crash tests get at every such state. Nobody listens otherwise, and what is left of it is
 * two empty calls for each commit, none for each write.
 */
@FunctionalInterface
public interface DurableSteps {
    DurableSteps UNOBSERVED = step -> {};

    /** What has just happened, or is about to. */
    enum Step {
        /** LMDB has opened the file, which is new or was left by an earlier run; if new, it has no buckets yet. */
        FILE_OPENED,
        /** The first transaction is committed: the file has all buckets. */
        BUCKETS_MADE,
        /** The file's name is durable. */
        NAME_SYNCED,
        /** A batch has been taken out of the filling buffer, and none of it is in the file. */
        COMMIT_BEGINS,
        /** The batch is in the file, and nobody has been told yet. */
        COMMITTED,
        /** A defragmentation has filled its copy, all but what was committed last; nothing has the store's name yet. */
        COPY_FILLED,
        /** The copy holds the same as the store and is synced. */
        COPY_SYNCED,
        /** The copy has the name of the store, for now. */
        COPY_RENAMED,
        /** The copy has the name of the store for good, and no reader has seen it yet. */
        COPY_NAME_SYNCED,
        /** Another member's store has come in, is checked and synced; it does not have the store's name yet. */
        INCOMING_READY,
        /** It has the name of the store, for now. */
        INCOMING_RENAMED,
        /** It has the name of the store for good, and no reader has seen it yet. */
        INCOMING_NAME_SYNCED
    }

    /** By the thread that opens the store or the committer; holds it up, and must not throw. */
    void reached(Step step);
}

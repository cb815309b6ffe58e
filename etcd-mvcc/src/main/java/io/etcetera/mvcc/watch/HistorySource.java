package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.RevisionException;
import org.jspecify.annotations.Nullable;

/** What the watch hub reads of the store. Any thread may call any method. */
public interface HistorySource {

    /**
     * Main revision of the latest readable write. Called with the hub's lock held: it must neither block nor take a
     * lock that is held around {@link WriteListener#written}.
     */
    long currentRevision();

    /** Revision up to which history has been dropped, -1 if never. The same rule as for {@link #currentRevision()}. */
    long compactRevision();

    /**
     * Visits all changes with {@code fromRevision <= main <= toRevision} in order of revision, then sub revision, until
     * the visitor returns false. Nothing is visited if {@code fromRevision > toRevision}.
     *
     * <p>A compaction may overtake a visit that has begun: the caller looks at {@link #compactRevision()} again at the
     * end, and throws away what it has seen if it finds it above {@code fromRevision}. So the compact revision must
     * rise before the first record disappears.
     *
     * @throws RevisionException COMPACTED if {@code fromRevision} is below the compact revision (equal is served, with
     *     the deletes of that revision), FUTURE if {@code toRevision} has not been reached
     */
    void changesSince(long fromRevision, long toRevision, ChangeVisitor visitor) throws RevisionException;

    /**
     * The encoded {@code mvccpb.KeyValue} that was current before main revision {@code main}; null if the key did not
     * exist then, or if that revision has been compacted.
     */
    byte @Nullable [] recordBefore(byte[] key, long main);
}

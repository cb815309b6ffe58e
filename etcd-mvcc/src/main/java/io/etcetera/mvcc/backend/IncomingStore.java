package io.etcetera.mvcc.backend;

/** Another member's store, opened beside the own one. One thread at a time. */
public interface IncomingStore extends AutoCloseable {

    /** What it holds; to be read only, before it is installed. */
    Backend backend();

    /**
     * Takes the place of the own store, atomically and durably: a crash leaves either of the two, and nothing of the
     * other. Waits for a running commit or a step of a defragmentation, which is given up. Nobody may have an entry open
     * meanwhile but background work, whose writes to the replaced store are worth nothing any more. Readers that have
     * begun go on with what they have.
     *
     * @param inUse run when it is durably in place and the backend serves it, before the replaced store refuses anything;
     *     on another thread, while the caller waits
     * @throws io.etcetera.mvcc.StoreFailedException if it cannot be put in place; the member must end, since nobody knows
     *     which of the two a crash would leave
     */
    void install(Runnable inUse);

    /** Closes it and removes its file, unless it is installed. Idempotent. */
    @Override
    void close();
}

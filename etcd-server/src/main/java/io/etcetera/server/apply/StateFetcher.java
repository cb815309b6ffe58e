package io.etcetera.server.apply;

import java.io.IOException;
import java.nio.file.Path;

/** Fetches another member's whole store, for a member whose log can no longer be continued. */
public interface StateFetcher {
    /** For a member without peers. */
    StateFetcher NONE = (memberId, index, file) -> {
        throw new IOException("this member has no peers");
    };

    /**
     * Fetches a store that holds at least the entries up to {@code index} into {@code file}, durably and checked from end
     * to end. A file left by an earlier call may be continued, if it is of the same copy, or replaced. Blocks; stops when
     * interrupted.
     */
    void fetch(long memberId, long index, Path file) throws IOException, InterruptedException;
}

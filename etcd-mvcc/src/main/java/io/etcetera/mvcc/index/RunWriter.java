package io.etcetera.mvcc.index;

import java.util.Arrays;

/**
 * Packs a run (see {@link RunReader}) into a buffer that is used again for the next one. Writer thread only. One call of
 * {@link #head} starts a run; {@link #olderFrom} then puts an existing run behind it.
 */
final class RunWriter {
    /**
     * A run that grows past this moves to the key's {@link History}. It bounds what an update copies and what a read
     * at an old revision steps through (some 30 revisions of a busy key).
     */
    static final int MAX_BYTES = 64;

    private static final int MAX_ENTRY_BYTES = 1 + 4 * Bytes.MAX_VARINT;

    /** Room for a head, the old head as an older revision, and what stood behind it. */
    private final byte[] bytes = new byte[2 * MAX_ENTRY_BYTES + MAX_BYTES];

    private int length;

    private long main;
    private long createMain;
    private long version;
    private boolean tombstone;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** Main revision of the head. */
    long main() {
        return main;
    }

    /** Whether the head is a put. */
    boolean isLive() {
        return !tombstone;
    }

    void head(long headMain, long headSub, long headCreateMain, long headVersion, boolean headTombstone) {
        main = headMain;
        createMain = headCreateMain;
        version = headVersion;
        tombstone = headTombstone;
        boolean first = headCreateMain == headMain && headVersion == 1;
        int flags = (headTombstone ? RunReader.HEAD_TOMBSTONE : 0)
                | (headSub != 0 ? RunReader.HEAD_SUB : 0)
                | (first ? RunReader.HEAD_FIRST_VERSION : 0);
        bytes[0] = (byte) flags;
        length = Bytes.putVarint(bytes, 1, headMain);
        if (headSub != 0) {
            length = Bytes.putVarint(bytes, length, headSub);
        }
        if (!first) {
            creation(headMain, headCreateMain, headVersion);
        }
    }

    /** Appends the run whose head {@code old} stands on, which must be older than the head of this one. */
    void olderFrom(RunReader old) {
        int rest = old.end - old.next;
        int kind = olderKind(old);
        length = Bytes.putVarint(bytes, length, ((main - old.main) << RunReader.OLDER_KIND_BITS) | kind);
        if (kind != RunReader.OLDER_PUT) {
            length = Bytes.putVarint(bytes, length, old.sub);
        }
        if (kind == RunReader.OLDER_PUT_EXPLICIT || kind == RunReader.OLDER_TOMBSTONE) {
            creation(old.main, old.createMain, old.version);
        }
        System.arraycopy(old.bytes, old.next, bytes, length, rest);
        length += rest;
    }

    private int olderKind(RunReader old) {
        if (old.tombstone) {
            return RunReader.OLDER_TOMBSTONE;
        }
        long versionThatFollows = tombstone ? version : version - 1;
        if (createMain != old.createMain || versionThatFollows != old.version) {
            return RunReader.OLDER_PUT_EXPLICIT;
        }
        return old.sub == 0 ? RunReader.OLDER_PUT : RunReader.OLDER_PUT_WITH_SUB;
    }

    private void creation(long atMain, long created, long atVersion) {
        length = Bytes.putVarint(bytes, length, atMain - created);
        length = Bytes.putVarint(bytes, length, atVersion);
    }
}

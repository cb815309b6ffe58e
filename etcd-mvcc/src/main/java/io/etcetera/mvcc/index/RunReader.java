package io.etcetera.mvcc.index;

/**
 * Walks a run, the packed form of consecutive revisions of one key, from the newest revision to older ones. Reused from
 * key to key; belongs to one thread.
 *
 * <p>A run is a head followed by any number of older revisions, newest first, so that a new revision goes in front of
 * bytes that stay as they are, and dropping the oldest ones is cutting off the end:
 *
 * <pre>
 * head   flags, varint main, [varint sub], [varint main - createMain, varint version]
 * older  varint (main of the next newer - main) &lt;&lt; 2 | kind, [varint sub], [varint main - createMain, varint version]
 * </pre>
 *
 * The head leaves out a sub revision of 0, and creation and version when the revision is the first of its generation.
 * For a tombstone, creation and version are those of the generation that it ended. An older put mostly leaves out both:
 * they follow from the next newer revision, which is the next version of the same generation or its tombstone.
 */
final class RunReader {
    static final int HEAD_TOMBSTONE = 1;
    static final int HEAD_SUB = 2;
    static final int HEAD_FIRST_VERSION = 4;

    static final int OLDER_PUT = 0;
    static final int OLDER_PUT_WITH_SUB = 1;
    static final int OLDER_PUT_EXPLICIT = 2;
    static final int OLDER_TOMBSTONE = 3;
    static final int OLDER_KIND_BITS = 2;

    private static final byte[] NOTHING = {};

    /** The revision that the reader stands on. */
    long main;

    long sub;
    long createMain;
    long version;
    boolean tombstone;

    /** The bytes being read, and where in them the current revision starts, the next older one starts, the run ends. */
    byte[] bytes = NOTHING;

    int start;
    int next;
    int end;

    /** Stands on the head of the run in [from, to). */
    void open(byte[] run, int from, int to) {
        bytes = run;
        start = from;
        next = from + 1;
        end = to;
        int flags = run[from];
        main = varint();
        sub = (flags & HEAD_SUB) != 0 ? varint() : 0;
        tombstone = (flags & HEAD_TOMBSTONE) != 0;
        if ((flags & HEAD_FIRST_VERSION) != 0) {
            createMain = main;
            version = 1;
        } else {
            createMain = main - varint();
            version = varint();
        }
    }

    void open(byte[] run) {
        open(run, 0, run.length);
    }

    /** Steps to the next older revision; false if the run has none, and then the reader stays where it is. */
    boolean older() {
        if (next == end) {
            return false;
        }
        start = next;
        long word = varint();
        int kind = (int) word & ((1 << OLDER_KIND_BITS) - 1);
        main -= word >>> OLDER_KIND_BITS;
        sub = kind == OLDER_PUT ? 0 : varint();
        if (kind == OLDER_PUT || kind == OLDER_PUT_WITH_SUB) {
            if (!tombstone) {
                version--;
            }
            tombstone = false;
        } else {
            createMain = main - varint();
            version = varint();
            tombstone = kind == OLDER_TOMBSTONE;
        }
        return true;
    }

    /** Steps back in time to the first revision with a main of at most {@code atMain}; false if the run has none. */
    boolean seekAtMost(long atMain) {
        while (main > atMain) {
            if (!older()) {
                return false;
            }
        }
        return true;
    }

    /** Steps back in time to the first revision not after (main, sub) and tells whether it is exactly that one. */
    boolean seekExactly(long wantedMain, long wantedSub) {
        while (isAfter(wantedMain, wantedSub)) {
            if (!older()) {
                return false;
            }
        }
        return main == wantedMain && sub == wantedSub;
    }

    boolean isAfter(long otherMain, long otherSub) {
        return main > otherMain || (main == otherMain && sub > otherSub);
    }

    private long varint() {
        byte b = bytes[next++];
        if (b >= 0) {
            return b;
        }
        long value = b & 0x7f;
        int shift = 7;
        do {
            b = bytes[next++];
            value |= (long) (b & 0x7f) << shift;
            shift += 7;
        } while (b < 0);
        return value;
    }
}

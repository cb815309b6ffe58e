package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.util.Arrays;

/**
 * Where the bytes of a large revision are. LMDB gives what does not fit into half a page whole pages of its own, so that a value a
 * little above 4 KiB would take 8. Its last bytes are kept apart, if they are few: the record under the revision's key, its head,
 * then fills its pages to the last byte, and right behind it stands the tail, under the same key and a zero byte, in a page with others.
 *
 * <p>A head is known by its length. Most records of such a length have a tail; for the others it is looked for in vain. The checksum is that of the
 * whole, so a record without its tail is noticed.
 *
 * <p>Lengths are those of what LMDB holds, the checksum among it.
 */
final class RecordTails {
    /** The page size that records are cut for; with larger ones, which hold several such records, they are left whole. */
    static final int PAGE_BYTES = 4_096;

    private static final int PAGE_HEADER = 16;

    /** Two of them find room in a page, each with a key and the entry of a head. */
    private static final int MAX_BYTES = 1_960;

    private static final byte[] TOMBSTONE_END = {'t', 0};
    private static final byte[] LIVE_END = {0};

    private RecordTails() {}

    /** How many bytes of a record of a bucket are to be kept apart; 0 if it is to be left whole. */
    static int bytes(Bucket bucket, int length) {
        int beyond = (length + PAGE_HEADER) % PAGE_BYTES;
        return bucket == Bucket.KEY && length + PAGE_HEADER >= PAGE_BYTES && beyond <= MAX_BYTES ? beyond : 0;
    }

    /** Whether there may be a tail to what LMDB holds under a key that is not itself that of a tail. */
    static boolean mayFollow(Bucket bucket, int length) {
        return bucket == Bucket.KEY && (length + PAGE_HEADER) % PAGE_BYTES == 0;
    }

    static byte[] key(byte[] head) {
        return Arrays.copyOf(head, head.length + 1);
    }

    /** Whether a key of the bucket is that of a tail. */
    static boolean isTail(Bucket bucket, NativeSlice key) {
        return bucket == Bucket.KEY
                && (key.endsWith(RevisionKey.LENGTH, LIVE_END) || key.endsWith(RevisionKey.LENGTH, TOMBSTONE_END));
    }
}

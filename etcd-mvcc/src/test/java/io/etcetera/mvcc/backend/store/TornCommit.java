package io.etcetera.mvcc.backend.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/**
 * Makes the file of a commit that was cut short: the meta page that closes the transaction as it was, since LMDB writes
 * it last and after a sync, and of the other pages any part. So if a commit were made of two transactions, this would be
 * the file between them.
 */
final class TornCommit {
    private static final int PAGE_BYTES = 4096;
    private static final int META_BYTES = 2 * PAGE_BYTES;
    private static final int TRANSACTION_AT = 144;

    private TornCommit() {}

    static byte[] between(byte[] before, byte[] after, Random random) {
        // A third each: all pages; the first few, which is what a killed process leaves; any, which a power loss may.
        int kind = random.nextInt(3);
        int pages = after.length / PAGE_BYTES;
        int end = kind == 1 ? PAGE_BYTES * (2 + random.nextInt(pages - 1)) : after.length;
        byte[] torn = Arrays.copyOf(after, Math.max(before.length, end));
        restore(before, torn, transaction(after, 0) > transaction(after, PAGE_BYTES) ? 0 : PAGE_BYTES);
        for (int at = META_BYTES; at < torn.length; at += PAGE_BYTES) {
            if (at >= end || (kind == 2 && random.nextBoolean())) {
                restore(before, torn, at);
            }
        }
        return torn;
    }

    private static long transaction(byte[] file, int metaPage) {
        return ByteBuffer.wrap(file).order(ByteOrder.nativeOrder()).getLong(metaPage + TRANSACTION_AT);
    }

    /** Makes a page what it was: nothing if it is new. */
    private static void restore(byte[] before, byte[] torn, int at) {
        int length = Math.min(PAGE_BYTES, torn.length - at);
        Arrays.fill(torn, at, at + length, (byte) 0);
        if (at < before.length) {
            System.arraycopy(before, at, torn, at, Math.min(length, before.length - at));
        }
    }
}

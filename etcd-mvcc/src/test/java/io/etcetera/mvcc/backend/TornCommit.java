package io.etcetera.mvcc.backend;

import java.util.Arrays;
import java.util.Random;

/**
 * Makes the file of a commit that was cut short: the meta pages as they were, since LMDB writes those last and after a
 * sync, and of the other pages any part.
 */
final class TornCommit {
    private static final int PAGE_BYTES = 4096;
    private static final int META_BYTES = 2 * PAGE_BYTES;

    private TornCommit() {}

    static byte[] between(byte[] before, byte[] after, Random random) {
        // A third each: all pages but the meta page; the first few, as a killed process leaves them; any, as power
        // loss.
        int kind = random.nextInt(3);
        int end = kind == 1 ? random.nextInt(after.length / PAGE_BYTES + 1) * PAGE_BYTES : after.length;
        byte[] torn = Arrays.copyOf(after, Math.max(before.length, end));
        for (int at = 0; at < torn.length; at += PAGE_BYTES) {
            if (at < META_BYTES || at >= end || (kind == 2 && random.nextBoolean())) {
                Arrays.fill(torn, at, Math.min(at + PAGE_BYTES, torn.length), (byte) 0);
                if (at < before.length) {
                    System.arraycopy(before, at, torn, at, Math.min(PAGE_BYTES, before.length - at));
                }
            }
        }
        return torn;
    }
}

package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes runs of zeros: to preallocate, so that a later fdatasync has no metadata to write, and to erase. */
final class Zeros {
    static final int PIECE_BYTES = 64 << 10;

    private static final ByteBuffer PIECE =
            ByteBuffer.allocateDirect(PIECE_BYTES).asReadOnlyBuffer();

    private Zeros() {}

    /** Zeros {@code [from, to)}. */
    static void write(WalFile file, long from, long to) throws IOException {
        long at = from;
        while (at < to) {
            int length = (int) Math.min(PIECE_BYTES, to - at);
            file.write(PIECE.duplicate().limit(length), at);
            at += length;
        }
    }
}

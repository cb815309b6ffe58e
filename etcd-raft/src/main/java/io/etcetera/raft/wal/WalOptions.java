package io.etcetera.raft.wal;

import java.util.Objects;

/**
 * How a {@link WriteAheadLog} is kept.
 *
 * @param segmentBytes size at which a new segment is begun, 1024 bytes to 8 GiB; an entry larger than this makes one
 *     larger segment
 * @param fsync whether writes are made durable; without it a crash of the machine loses acknowledged entries and may
 *     leave a log that refuses to open: for tests only
 * @param listener told of each sync
 */
public record WalOptions(long segmentBytes, boolean fsync, WalListener listener) {
    private static final long DEFAULT_SEGMENT_BYTES = 64_000_000;
    private static final long MIN_SEGMENT_BYTES = 1024;
    private static final long MAX_SEGMENT_BYTES = 8L << 30;

    public WalOptions {
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
            throw new IllegalArgumentException(
                    "segmentBytes is " + segmentBytes + ", must be " + MIN_SEGMENT_BYTES + " to " + MAX_SEGMENT_BYTES);
        }
        Objects.requireNonNull(listener, "listener");
    }

    /** Segments of 64 MB, durable writes, no listener. */
    public static WalOptions defaults() {
        return new WalOptions(DEFAULT_SEGMENT_BYTES, true, WalListener.NONE);
    }

    /** The same with another segment size, in bytes. */
    public WalOptions withSegmentBytes(long newSegmentBytes) {
        return new WalOptions(newSegmentBytes, fsync, listener);
    }

    /** The same with durable writes switched on or off. */
    public WalOptions withFsync(boolean newFsync) {
        return new WalOptions(segmentBytes, newFsync, listener);
    }

    /** The same with another listener. */
    public WalOptions withListener(WalListener newListener) {
        return new WalOptions(segmentBytes, fsync, newListener);
    }
}

package io.etcetera.daemon.differential;

import io.etcetera.proto.etcdserverpb.WatchCreateRequest;

/** Start revisions that are counted from the last compaction, beside those of {@link Symbols}. */
final class WatchSymbols {
    private static final long COMPACT_REVISION = 0x5EEE_0000_0000_0000L;
    private static final long REACH = 1 << 20;

    private WatchSymbols() {}

    /** Stands for a revision so much above the one that the store is compacted to, or below it. */
    static long fromCompaction(long offset) {
        return COMPACT_REVISION + offset;
    }

    static WatchCreateRequest resolve(WatchCreateRequest request, StoreState store) {
        long offset = request.getStartRevision() - COMPACT_REVISION;
        if (Math.abs(offset) < REACH) {
            return request.toBuilder()
                    .setStartRevision(store.compactRevision() + offset)
                    .build();
        }
        return store.symbols().resolve(request, Server.STOCK);
    }
}

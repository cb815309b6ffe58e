package io.etcetera.daemon.differential;

/**
 * What both stores hold, as far as answers have told: the history, and how far it is compacted. Between two settlings a
 * compaction runs beside deliveries, so what it takes away may or may not have been delivered before. Used by one thread.
 */
final class StoreState {
    private final Symbols symbols;
    private final WatchHistory history = new WatchHistory();
    private long compactRevision;
    private long settledCompactRevision;

    StoreState(Symbols symbols) {
        this.symbols = symbols;
    }

    Symbols symbols() {
        return symbols;
    }

    WatchHistory history() {
        return history;
    }

    long currentRevision() {
        return symbols.currentRevision();
    }

    boolean isHistoryComplete() {
        return history.revision() >= currentRevision();
    }

    /** Everything written has been delivered, so what is compacted is compacted for all that is still to come. */
    void settled() {
        settledCompactRevision = compactRevision;
    }

    void compacted(long revision) {
        compactRevision = Math.max(compactRevision, revision);
    }

    /** 0 before the first compaction. */
    long compactRevision() {
        return compactRevision;
    }

    /** The same, when everything was last delivered. */
    long settledCompactRevision() {
        return settledCompactRevision;
    }
}

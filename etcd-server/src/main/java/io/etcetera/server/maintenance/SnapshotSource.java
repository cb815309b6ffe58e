package io.etcetera.server.maintenance;

import io.etcetera.mvcc.backend.StoreSnapshot;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Makes snapshots of this member's store for its clients; {@link io.etcetera.mvcc.backend.ReplaceableBackend#snapshot} is one. */
@FunctionalInterface
public interface SnapshotSource {

    /**
     * Makes one of all that has been applied by now.
     *
     * @param unwanted asked now and then whether nobody waits for it any more; any thread
     * @return the snapshot, to be closed by whoever gets it
     */
    CompletionStage<StoreSnapshot> snapshot(BooleanSupplier unwanted);
}

package io.etcetera.server.http;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.read.ReadBarrier;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads a key, to see whether this member can. Completes with what went wrong, or with nothing. Never blocks. */
final class ReadProbe {
    private static final KeyRange FROM_FIRST = KeyRange.of(new byte[] {0}, new byte[] {0});
    private static final RangeOptions ONE_KEY = new RangeOptions(0, 1, false, true);

    private final KvStore store;
    private final ReadBarrier reads;

    ReadProbe(KvStore store, ReadBarrier reads) {
        this.store = store;
        this.reads = reads;
    }

    /** Reads what this member has. */
    CompletableFuture<Optional<String>> serializable() {
        return CompletableFuture.completedFuture(read());
    }

    /** Reads what the cluster has agreed on; gives up when requests do. */
    CompletableFuture<Optional<String>> linearizable() {
        CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
        reads.await(outcome, new ResultCallback<>() {
            @Override
            public void completed(CompletableFuture<Optional<String>> same) {
                outcome.complete(read());
            }

            @Override
            public void failed(EtcdException error) {
                outcome.complete(Optional.of(error.error().text()));
            }
        });
        return outcome;
    }

    private Optional<String> read() {
        try {
            store.range(FROM_FIRST, ONE_KEY);
            return Optional.empty();
        } catch (RevisionException | RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}

package io.etcetera.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.CrashRecorder;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One life of a store, from its opening to its close: applies the entries of a workload that the store does not have
 * yet, as a member does after a start.
 *
 * <p>A paced life decides by its seed which writes go into which commit: none begins unless asked for, some are held up
 * while further entries and batches of a compaction fill the other buffer, and the compactor takes turns with the
 * entries. So its crash points are the same each time. A free life commits every few writes and compacts as it likes.
 */
final class StoreLife implements AutoCloseable {
    private static final BackendOptions BACKEND =
            BackendOptions.DEFAULT.withFsync(false).withMapSizeBytes(64 << 20);
    private static final KvStoreOptions STORE = KvStoreOptions.DEFAULT.withCompaction(4, Duration.ZERO);

    private final CrashRecorder recorder;
    private final Workload workload;
    private final Random random;
    private final boolean paced;
    private final CompactionGate gate;
    private final StoreFixture kv;
    private long compactions;

    StoreLife(CrashRecorder recorder, Workload workload, Random random, boolean paced) {
        this.recorder = recorder;
        this.workload = workload;
        this.random = random;
        this.paced = paced;
        BackendOptions options = paced
                ? BACKEND.withBatch(Duration.ofDays(1), Integer.MAX_VALUE)
                : BACKEND.withBatch(Duration.ofMillis(1), 1 + random.nextInt(5));
        gate = new CompactionGate(recorder.open(options));
        if (!paced) {
            gate.open();
        }
        kv = new StoreFixture(gate, STORE);
        compactions = kv.store.compactionsDone().toCompletableFuture().isDone() ? 0 : 1;
    }

    StoreFixture kv() {
        return kv;
    }

    /** Applies what is left of the workload. */
    void goOn() throws InterruptedException, ExecutionException, TimeoutException {
        while (hasMore()) {
            applyNext();
            if (paced) {
                pace();
            }
        }
    }

    private boolean hasMore() {
        return gate.consistentIndex() < workload.size();
    }

    private void applyNext() {
        long before = kv.store.compactRevision();
        Workload.apply(workload.entry(gate.consistentIndex() + 1), gate, kv.store);
        if (kv.store.compactRevision() != before) {
            compactions++;
        }
    }

    private void pace() throws InterruptedException, ExecutionException, TimeoutException {
        int choice = random.nextInt(10);
        if (choice < 2) {
            commit();
        } else if (choice < 3) {
            holdACommit();
        } else if (choice < 7 && isCompacting()) {
            gate.letOneIn(compactions);
            gate.awaitCommit();
            if (random.nextBoolean()) {
                commit();
            }
        } else if (choice == 9 && random.nextInt(8) == 0) {
            await(kv.store.defragment());
            // The committer goes on with what it had taken before its turn; nothing else happens until that is done.
            commit();
        }
    }

    /** Fills one buffer while the other is being committed. */
    private void holdACommit() throws InterruptedException, ExecutionException, TimeoutException {
        recorder.hold();
        long applied = gate.consistentIndex();
        CompletionStage<Long> done = gate.commit();
        recorder.awaitHeld();
        for (int i = random.nextInt(4); i >= 0; i--) {
            if (isCompacting() && random.nextBoolean()) {
                gate.letOneIn(compactions);
            } else if (hasMore()) {
                applyNext();
            }
        }
        recorder.release();
        assertThat(await(done)).isGreaterThanOrEqualTo(applied);
        gate.awaitCommit();
    }

    private boolean isCompacting() {
        return gate.finished() < compactions;
    }

    private void commit() throws InterruptedException, ExecutionException, TimeoutException {
        long applied = gate.consistentIndex();
        assertThat(await(gate.commit())).isGreaterThanOrEqualTo(applied);
    }

    /** Lets all compactions that have been asked for come to their end. */
    void finishCompactions() throws InterruptedException, ExecutionException, TimeoutException {
        while (paced && isCompacting()) {
            gate.letOneIn(compactions);
            gate.awaitCommit();
        }
        await(kv.store.compactionsDone());
    }

    private static <T> T await(CompletionStage<T> done)
            throws InterruptedException, ExecutionException, TimeoutException {
        return done.toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    /** Closes the store, with compactions unfinished if there are any. */
    @Override
    public void close() {
        recorder.release();
        gate.open();
        kv.close();
    }
}

package io.etcetera.server.apply;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.PreparedStore;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.IncomingStore;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.server.lease.LeaseTable;
import io.etcetera.server.metrics.Gauge;
import io.etcetera.server.read.AppliedIndex;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the leader's state in the place of this member's, when the log does not lead there any more. What takes long is
 * done beside the present state, which stays in use: the leader's store is fetched, checked and loaded, its leases
 * included. What is left for the apply thread is to change the names of two files and to hand everybody the new state.
 *
 * <p>{@link #fetch} and {@link #install} take turns, as the log calls them.
 */
public final class StateInstallation implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StateInstallation.class);

    private final ApplyParts parts;
    private final ReplaceableBackend backend;
    private final AppliedIndex applied;
    private final StateFetcher fetcher;
    private final LongSupplier nanoClock;
    private final Gauge underWay;

    /** Fetched and loaded, and not installed yet. */
    private record Fetched(PreparedStore store, LeaseTable leases) {}

    // Guarded by this.
    private @Nullable Fetched fetched;
    private boolean closed;

    /**
     * @param parts all that holds replicated state
     * @param applied moved on by an installation
     * @param nanoClock for durations
     * @param underWay up while a state that was fetched is loaded or installed
     */
    public StateInstallation(
            ApplyParts parts, AppliedIndex applied, StateFetcher fetcher, LongSupplier nanoClock, Gauge underWay) {
        this.parts = parts;
        this.backend = parts.backend();
        this.applied = applied;
        this.fetcher = fetcher;
        this.nanoClock = nanoClock;
        this.underWay = underWay;
    }

    /** See {@link io.etcetera.raft.StateMachine#fetchState}. */
    void fetch(long leaderId, long index) throws IOException, InterruptedException {
        if (isHere(index)) {
            return;
        }
        discard();
        long begin = nanoClock.getAsLong();
        log.atInfo()
                .addKeyValue("leader-id", Long.toHexString(leaderId))
                .addKeyValue("index", index)
                .log("fetching the store of the leader, whose log no longer reaches back to this member's");
        fetcher.fetch(leaderId, index, backend.incomingFile());
        Fetched loaded = load(index);
        log.atInfo()
                .addKeyValue("leader-id", Long.toHexString(leaderId))
                .addKeyValue("index", loaded.store.consistentIndex())
                .addKeyValue("took", Duration.ofNanos(nanoClock.getAsLong() - begin))
                .log("fetched the store of the leader");
        keep(loaded);
    }

    /**
     * Whether there is nothing to fetch: because it was fetched before, or because this member died between installing
     * a state and telling its log, which now is offered what it has.
     */
    private synchronized boolean isHere(long index) {
        Fetched kept = fetched;
        return backend.consistentIndex() >= index || (kept != null && kept.store.consistentIndex() >= index);
    }

    private Fetched load(long index) throws IOException, InterruptedException {
        underWay.increment();
        try {
            return open(index);
        } catch (CorruptStoreException | StoreFailedException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("while checking the leader's store");
            }
            throw new IOException("the leader's store cannot be used: " + e.getMessage(), e);
        } finally {
            underWay.decrement();
        }
    }

    private Fetched open(long index) throws IOException, InterruptedException {
        IncomingStore incoming = backend.openIncoming();
        try {
            long reached = incoming.backend().consistentIndex();
            if (reached < index) {
                throw new IOException("the leader's store holds the log up to " + reached + ", not to " + index);
            }
            LeaseTable leases = parts.lessor().load(incoming.backend());
            return new Fetched(parts.store().prepare(incoming, leases), leases);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            incoming.close();
            throw e;
        }
    }

    private synchronized void keep(Fetched loaded) throws InterruptedException {
        if (closed) {
            loaded.store.close();
            throw new InterruptedException("the member is being closed");
        }
        fetched = loaded;
    }

    private synchronized @Nullable Fetched take() {
        Fetched taken = fetched;
        fetched = null;
        return taken;
    }

    private void discard() {
        Fetched unwanted = take();
        if (unwanted != null) {
            unwanted.store.close();
        }
    }

    /** See {@link io.etcetera.raft.StateMachine#installState}. */
    long install() {
        Fetched next = take();
        if (next == null || next.store.consistentIndex() <= backend.consistentIndex()) {
            return keepPresent(next);
        }
        underWay.increment();
        try {
            return replaceBy(next);
        } finally {
            underWay.decrement();
        }
    }

    private long replaceBy(Fetched next) {
        long begin = nanoClock.getAsLong();
        long index = next.store.consistentIndex();
        parts.store().install(next.store);
        parts.lessor().replace(next.leases);
        parts.alarms().reload();
        parts.cluster().reload();
        parts.auth().reload();
        applied.advance(index);
        log.atInfo()
                .addKeyValue("index", index)
                .addKeyValue("revision", parts.store().currentRevision())
                .addKeyValue("took", Duration.ofNanos(nanoClock.getAsLong() - begin))
                .log("installed the store of the leader");
        return index;
    }

    /** The present state holds all that the other one does; it has to be durable, as that one is. */
    private long keepPresent(@Nullable Fetched unwanted) {
        if (unwanted != null) {
            unwanted.store.close();
        }
        return backend.commit().toCompletableFuture().join();
    }

    /** Removes what was fetched and not installed. To be called when the log is closed. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        discard();
    }
}

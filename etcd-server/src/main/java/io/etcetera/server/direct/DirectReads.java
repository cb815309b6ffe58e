package io.etcetera.server.direct;

import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.mvcc.WatchException;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.WorkerPool;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.RequestValidator;
import io.etcetera.server.rpc.ResponseHeaders;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads of one member's own store by code in the same JVM: no serialization of requests, no gRPC, no change of threads. Thread-safe.
 * Requests and answers are those of the API, and mean the same. Users and their permissions do not count here: who runs in this JVM
 * can read the member's files as well.
 */
public final class DirectReads implements AutoCloseable {
    /** More would not be read faster: delivering events is what the threads are for, and most watches have none. */
    private static final int WATCH_THREADS = 16;

    private static final long CLOSE_MILLIS = 200;
    private static final Logger log = LoggerFactory.getLogger(DirectReads.class);
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final MemberParts parts;
    private final ResponseHeaders headers;
    private final WorkerPool threads;
    private final Set<DirectWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** To be closed before the parts. */
    public DirectReads(MemberParts parts) {
        this.parts = parts;
        this.headers = new ResponseHeaders(parts.membership(), parts.raft(), parts.store());
        this.threads = WorkerPool.unbounded("etcd-watch-" + parts.config().name(), WATCH_THREADS, IDLE);
    }

    /**
     * Reads a range, on the calling thread. Unless {@code serializable} is set, the answer holds everything that any member had
     * acknowledged before the call; that takes a leader, and is waited for no longer than
     * {@link io.etcetera.server.EtcdConfig#requestTimeout()}. A serializable read never waits, and may be behind the others.
     *
     * @throws EtcdException with etcd's errors: EMPTY_KEY, INVALID_SORT_OPTION, COMPACTED, FUTURE_REVISION, LEADER_CHANGED,
     *     TIMEOUT, and STOPPED once the member is closed
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public RangeResponse range(RangeRequest request) throws EtcdException, InterruptedException {
        RequestValidator.checkRange(request);
        if (!request.getSerializable()) {
            awaitBarrier();
        }
        try {
            return response(RangeEvaluator.evaluate(parts.store()::range, request));
        } catch (StoreClosedException e) {
            throw new EtcdException(EtcdError.STOPPED);
        }
    }

    private void awaitBarrier() throws EtcdException, InterruptedException {
        CompletableFuture<DirectReads> passed = new CompletableFuture<>();
        parts.reads().await(this, Callbacks.of(passed::complete, passed::completeExceptionally));
        try {
            passed.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EtcdException error ? error : new EtcdException(EtcdError.INTERNAL);
        }
    }

    private RangeResponse response(RangeOutcome found) {
        RangeResponse.Builder response = RangeResponse.newBuilder()
                .setHeader(headers.at(found.revision()))
                .setMore(found.more())
                .setCount(found.count());
        for (StoredKeyValue kv : found.kvs()) {
            response.addKvs(kv.decode());
        }
        return response.build();
    }

    /**
     * Watches keys: from {@code start_revision} on, or from now on if that is 0. Returns at once; when it does, the watch sees
     * whatever comes. The request's {@code watch_id}, {@code progress_notify} and {@code fragment} have no meaning here.
     *
     * @return to be closed when no more is wanted
     * @throws EtcdException COMPACTED for a negative revision, WATCH_CANCELED for a range that cannot hold a key, STOPPED once
     *     the member is closed
     */
    public DirectWatch watch(WatchCreateRequest request, WatchListener listener) throws EtcdException {
        if (request.getStartRevision() < 0) {
            throw new EtcdException(EtcdError.COMPACTED);
        }
        DirectWatch watch =
                new DirectWatch(parts.store().watchHub(), listener, request.getPrevKv(), threads, watches::remove);
        watches.add(watch);
        boolean begun = false;
        try {
            if (closed) {
                throw new EtcdException(EtcdError.STOPPED);
            }
            watch.begin(request);
            begun = true;
            return watch;
        } catch (WatchException e) {
            throw new EtcdException(EtcdError.WATCH_CANCELED);
        } catch (IllegalStateException e) {
            throw new EtcdException(EtcdError.STOPPED); // closed meanwhile
        } finally {
            if (!begun) {
                watch.close();
            }
        }
    }

    /** Ends all watches; their listeners are told if they are not busy for longer than a moment. Idempotent. */
    @Override
    public void close() {
        closed = true;
        CompletableFuture<?>[] told = watches.stream().map(DirectWatch::stop).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(told).get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("listeners of watches are busy", e);
        } finally {
            threads.close();
            watches.forEach(DirectWatch::close);
        }
    }
}

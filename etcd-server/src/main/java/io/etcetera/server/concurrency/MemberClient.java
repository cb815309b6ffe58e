package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.read.RangeOutcome;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the member inside the member: what locks and elections do is done with these requests, as any client could
 * do it, without a socket between. One is made for each call, and everything goes out in the name of that call's client.
 *
 * <p>Requests are made, and answered, on the executor, which runs one task after another. So what works with a client
 * needs no locks. Nothing blocks.
 */
public final class MemberClient {
    /** How long the lease of a caller lives that brought none, in seconds. Nobody renews it. */
    static final long SESSION_TTL_SECONDS = 60;

    private static final Logger LOG = LoggerFactory.getLogger(MemberClient.class);

    private final ConcurrencyParts parts;
    private final Executor executor;

    /** @param executor runs tasks in order, one at a time */
    public MemberClient(ConcurrencyParts parts, Executor executor) {
        this.parts = parts;
        this.executor = executor;
    }

    /**
     * The first key of a range.
     *
     * @param kv the key, or nothing if the range is empty
     * @param revision at which this was so
     */
    record First(Optional<KeyValue> kv, long revision) {}

    Executor executor() {
        return executor;
    }

    /** The lease to act under: the caller's own, not looked at; or a new one if it is 0. */
    void session(long leaseId, ResultCallback<Long> callback) {
        if (leaseId != LeaseBinder.NO_LEASE) {
            callback.completed(leaseId);
            return;
        }
        try {
            parts.quota().checkLeaseGrant();
        } catch (EtcdException e) {
            callback.failed(e);
            return;
        }
        identified(callback, caller -> {
            try {
                parts.permissions().requireUser(caller);
            } catch (EtcdException e) {
                callback.failed(e);
                return;
            }
            LeaseGrantRequest grant =
                    LeaseGrantRequest.newBuilder().setTTL(SESSION_TTL_SECONDS).build();
            propose(
                    InternalRaftRequest.newBuilder().setLeaseGrant(grant),
                    applied -> ((LeaseGrantResponse) applied).getID(),
                    callback);
        });
    }

    /** Goes on, on the executor, with who the client is. */
    private void identified(ResultCallback<?> callback, Consumer<Caller> next) {
        parts.identity()
                .identify(Callbacks.of(
                        caller -> executor.execute(() -> next.accept(caller)),
                        error -> executor.execute(() -> callback.failed(error))));
    }

    /** A transaction that may write. The answer's header holds the revision alone. */
    void txn(TxnRequest txn, ResultCallback<? super TxnResponse> callback) {
        try {
            parts.quota().check(txn);
        } catch (EtcdException e) {
            callback.failed(e);
            return;
        }
        propose(InternalRaftRequest.newBuilder().setTxn(txn), applied -> (TxnResponse) applied, callback);
    }

    /** Deletes one key, if it is there. The answer's header holds the revision alone. */
    void delete(ByteString key, ResultCallback<? super DeleteRangeResponse> callback) {
        propose(
                InternalRaftRequest.newBuilder()
                        .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(key)),
                applied -> (DeleteRangeResponse) applied,
                callback);
    }

    private <T> void propose(
            InternalRaftRequest.Builder request, Function<Message, T> answer, ResultCallback<? super T> callback) {
        parts.proposer()
                .propose(
                        request,
                        Callbacks.of(
                                applied -> executor.execute(() -> callback.completed(answer.apply(applied))),
                                error -> executor.execute(() -> callback.failed(error))));
    }

    /** The first key that a linearizable range finds. */
    void first(RangeRequest range, ResultCallback<First> callback) {
        boolean large = !range.getRangeEnd().isEmpty();
        parts.reads()
                .await(
                        range,
                        Callbacks.of(
                                permitted -> identified(
                                        callback,
                                        caller -> readOn(
                                                large ? parts.readers() : executor, caller, permitted, callback)),
                                error -> executor.execute(() -> callback.failed(error))));
    }

    private void readOn(Executor reader, Caller caller, RangeRequest range, ResultCallback<First> callback) {
        try {
            reader.execute(() -> read(caller, range, callback));
        } catch (RejectedExecutionException e) {
            executor.execute(() -> callback.failed(new EtcdException(EtcdError.STOPPED)));
        }
    }

    private void read(Caller caller, RangeRequest range, ResultCallback<First> callback) {
        First first;
        try {
            RangeOutcome outcome = parts.permissions()
                    .reading(
                            caller,
                            () -> parts.permissions().checkRange(caller, range.getKey(), range.getRangeEnd()),
                            () -> RangeEvaluator.evaluate(parts.store()::range, range));
            first = new First(outcome.kvs().stream().findFirst().map(StoredKeyValue::decode), outcome.revision());
        } catch (EtcdException e) {
            executor.execute(() -> callback.failed(e));
            return;
        } catch (RuntimeException e) {
            LOG.error("a read for a lock or an election failed", e);
            executor.execute(() -> callback.failed(new EtcdException(EtcdError.INTERNAL)));
            return;
        }
        executor.execute(() -> callback.completed(first));
    }

    /** Watches puts alone, deletes alone, or both. */
    enum Changes {
        ALL,
        PUTS,
        DELETES
    }

    /**
     * Watches from {@code startRevision} on, until the stream is closed. To be used only for what {@link #first} has just looked for,
     * so that it has been seen that the client may read it. The sink is called on the store's threads. The
     * store must be open: it is closed after all calls have ended.
     */
    WatchStream watch(KeyRange range, long startRevision, Changes changes, WatchSink sink) {
        WatchStream stream = parts.store().watchHub().open(sink);
        try {
            stream.start(stream.watch(new WatchRequest(
                    range,
                    startRevision,
                    WatchStream.AUTO_ID,
                    false,
                    changes == Changes.DELETES,
                    changes == Changes.PUTS)));
        } catch (WatchException e) {
            throw new IllegalStateException("neither ID nor range came from outside", e);
        }
        return stream;
    }
}

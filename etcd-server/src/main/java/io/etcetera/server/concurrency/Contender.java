package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who contends for a lock or an election. It enters by putting its key, unless a key of the same lease is there
 * already; waits until all older keys are gone; and is answered. Whoever waits does so without a thread.
 *
 * <p>On the client's executor only, and forward only:
 *
 * <pre>
 * ENTERING -> WAITING -> LEAVING -> ENDED
 *        \__________\______________/
 * </pre>
 *
 * <p>Cancelling deletes the key of one that waits. It does not look for one that is still entering: as in etcd, a key
 * whose fate is unknown lives as long as its lease.
 *
 * @param <R> the answer
 */
abstract class Contender<R> implements Operation {
    private static final Logger LOG = LoggerFactory.getLogger(Contender.class);

    private enum Phase {
        ENTERING,
        WAITING,
        LEAVING,
        ENDED
    }

    private final MemberClient client;
    private final Contest contest;
    private final ResultCallback<R> callback;
    private Phase phase = Phase.ENTERING;
    private Operation wait = Operation.SHORT;
    private long leaseId;

    Contender(MemberClient client, Contest contest, ResultCallback<R> callback) {
        this.client = client;
        this.contest = contest;
        this.callback = callback;
    }

    /** Puts the key, or else finds the one that is there, with its first operation. */
    abstract TxnRequest entry(ByteString key, long leaseId);

    /** The key is there, from now or from before. */
    abstract void entered(TxnResponse entry);

    /** Deletes the key. */
    abstract void leave(ResultCallback<Message> left);

    /** Begins; to be called once. */
    final Operation start(long requestedLease) {
        client.session(requestedLease, orFail(granted -> {
            leaseId = granted;
            client.txn(entry(key(), leaseId), orFail(this::entered));
        }));
        return this;
    }

    final MemberClient client() {
        return client;
    }

    final Contest contest() {
        return contest;
    }

    final long leaseId() {
        return leaseId;
    }

    final ByteString key() {
        return contest.key(leaseId);
    }

    /** The revision that our key was created at, as the entry's transaction says: by putting it, or by finding it. */
    static long ownRevision(TxnResponse entry) {
        return entry.getSucceeded()
                ? entry.getHeader().getRevision()
                : entry.getResponses(0).getResponseRange().getKvs(0).getCreateRevision();
    }

    /** The next step; without it, an error is the answer. Nothing comes next once this has ended. */
    final <T> ResultCallback<T> orFail(Consumer<T> next) {
        return unlessOver(next, this::fail);
    }

    /** The next step, or what to do about an error. */
    final <T> ResultCallback<T> unlessOver(Consumer<T> next, Consumer<EtcdException> failed) {
        return Callbacks.of(
                result -> {
                    if (!isOver()) {
                        next.accept(result);
                    }
                },
                error -> {
                    if (!isOver()) {
                        failed.accept(error);
                    }
                });
    }

    /** Waits until every key is gone that is older than ours, which was created at {@code ownRevision}. */
    final void awaitTurn(long ownRevision, ResultCallback<Long> turn) {
        phase = Phase.WAITING;
        wait = EarlierKeys.await(client, contest, ownRevision - 1, turn);
    }

    final void complete(R answer) {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            callback.completed(answer);
        }
    }

    final void fail(EtcdException error) {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            callback.failed(error);
        }
    }

    /** Deletes the key, and then answers with the error. */
    final void leaveAndFail(EtcdException error) {
        phase = Phase.LEAVING;
        leave(Callbacks.of(left -> fail(error), e -> {
            LOG.atWarn()
                    .addKeyValue("key", key().toStringUtf8())
                    .addKeyValue("error", e.getMessage())
                    .log("could not delete the key of one who gave up waiting; it stays as long as its lease");
            fail(error);
        }));
    }

    private boolean isOver() {
        return phase == Phase.LEAVING || phase == Phase.ENDED;
    }

    @Override
    public final void cancel() {
        EtcdException canceled = new EtcdException(EtcdError.CANCELED);
        switch (phase) {
            case ENTERING -> fail(canceled);
            case WAITING -> {
                wait.cancel();
                leaveAndFail(canceled);
            }
            case LEAVING, ENDED -> {}
        }
    }
}

package io.etcetera.server.concurrency;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.concurrency.MemberClient.Changes;
import io.etcetera.server.concurrency.MemberClient.First;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Waits until all keys of a contest are gone that were created up to some revision. The youngest of them is watched; when
 * it is deleted, the youngest of those that are left. So a deletion wakes one waiter of a queue and not all of them.
 *
 * <p>On the client's executor only.
 */
final class EarlierKeys implements Operation {
    private final MemberClient client;
    private final Contest contest;
    private final long maxCreateRevision;
    private final ResultCallback<Long> callback;
    private @Nullable WatchStream watch;
    private boolean ended;

    private EarlierKeys(MemberClient client, Contest contest, long maxCreateRevision, ResultCallback<Long> callback) {
        this.client = client;
        this.contest = contest;
        this.maxCreateRevision = maxCreateRevision;
        this.callback = callback;
    }

    /**
     * Starts to wait.
     *
     * @param callback given the revision at which none was left; not called once the wait has been cancelled
     */
    static Operation await(
            MemberClient client, Contest contest, long maxCreateRevision, ResultCallback<Long> callback) {
        EarlierKeys wait = new EarlierKeys(client, contest, maxCreateRevision, callback);
        wait.look();
        return wait;
    }

    private void look() {
        client.first(contest.youngestUpTo(maxCreateRevision), Callbacks.of(this::found, this::failed));
    }

    private void found(First youngest) {
        if (ended) {
            return;
        }
        Optional<KeyValue> kv = youngest.kv();
        if (kv.isEmpty()) {
            ended = true;
            callback.completed(youngest.revision());
            return;
        }
        KeyRange key = KeyRange.single(kv.get().getKey().toByteArray());
        watch = client.watch(key, youngest.revision() + 1, Changes.DELETES, this::offer);
    }

    /** From the store's threads. */
    private boolean offer(WatchBatch batch) {
        client.executor().execute(this::lookAgain);
        return true;
    }

    /** The key has been deleted, or the watch overtaken by a compaction: either way the store knows what is left. */
    private void lookAgain() {
        if (watch != null) {
            stopWatching();
            look();
        }
    }

    private void failed(EtcdException error) {
        if (!ended) {
            ended = true;
            callback.failed(error);
        }
    }

    @Override
    public void cancel() {
        ended = true;
        stopWatching();
    }

    private void stopWatching() {
        WatchStream open = watch;
        watch = null;
        if (open != null) {
            open.close();
        }
    }
}

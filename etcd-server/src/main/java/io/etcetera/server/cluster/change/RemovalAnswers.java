package io.etcetera.server.cluster.change;

import com.google.protobuf.Message;
import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers removals of other members when the raft group does without them, too, which is a moment after they have been
 * applied. Who has its answer may stop the removed member at once: were that still a voter, its vote could be missing to
 * take it out, and the cluster would stand still.
 *
 * <p>Thread-safe. An answer is in {@code waiting} until it is given; whoever takes it out does that.
 */
final class RemovalAnswers implements AutoCloseable {
    private final long self;
    private final RaftNode raft;
    private final Duration patience;
    private final TimeSource time;
    private final Set<Held> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param patience the removal is certain by then, and is answered even if the group does not get on */
    RemovalAnswers(long self, RaftNode raft, Duration patience, TimeSource time) {
        this.self = self;
        this.raft = raft;
        this.patience = patience;
        this.time = time;
    }

    /** What is to be told of a removal in place of its callback. */
    ResultCallback<Message> holding(long memberId, ResultCallback<Message> callback) {
        if (memberId == self) {
            // It hears nothing more of the group, and is about to stop.
            return callback;
        }
        return new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                Held held = new Held(memberId, time.nanoTime(), response, callback);
                waiting.add(held);
                if (closed || held.isDue(held.sinceNanos)) {
                    held.give();
                }
            }

            @Override
            public void failed(EtcdException error) {
                callback.failed(error);
            }
        };
    }

    /** Gives the answers that are due. To be called every 100 ms or so. */
    void tick() {
        long now = time.nanoTime();
        for (Held held : waiting) {
            if (held.isDue(now)) {
                held.give();
            }
        }
    }

    /** Gives all answers, for what they say has been done. Idempotent. */
    @Override
    public void close() {
        closed = true;
        waiting.forEach(Held::give);
    }

    /** One answer. Identity counts: two clients may remove the same member. */
    private final class Held {
        private final long memberId;
        private final long sinceNanos;
        private final Message response;
        private final ResultCallback<Message> callback;

        Held(long memberId, long sinceNanos, Message response, ResultCallback<Message> callback) {
            this.memberId = memberId;
            this.sinceNanos = sinceNanos;
            this.response = response;
            this.callback = callback;
        }

        boolean isDue(long now) {
            RaftMembers group = raft.members();
            boolean isGone =
                    !group.voters().contains(memberId) && !group.learners().contains(memberId);
            return isGone || now - sinceNanos >= patience.toNanos();
        }

        void give() {
            if (waiting.remove(this)) {
                callback.completed(response);
            }
        }
    }
}

package io.etcetera.server.cluster.change;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings promotions to the member that leads, whichever that is by then, for as long as a request may take. Trying again is
 * safe: a promotion that has come to pass is refused the second time as one of no learner.
 *
 * <p>Thread-safe. A request is in {@code waiting} until its one answer; whoever takes it out gives that.
 */
final class PromotionRouter implements AutoCloseable {
    /** What another leader would not decide in another way. */
    private static final Set<EtcdError> FINAL = EnumSet.of(
            EtcdError.MEMBER_NOT_FOUND, EtcdError.MEMBER_NOT_LEARNER, EtcdError.LEARNER_NOT_READY, EtcdError.STOPPED);

    private final ReconfigurationParts parts;
    private final Promotions promotions;
    private final Set<Request> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    PromotionRouter(ReconfigurationParts parts, Promotions promotions) {
        this.parts = parts;
        this.promotions = promotions;
    }

    void promote(long memberId, ResultCallback<List<Member>> callback) {
        Request request = new Request(memberId, callback, parts.time().nanoTime());
        waiting.add(request);
        if (closed) {
            request.fail(new EtcdException(EtcdError.STOPPED));
        } else {
            request.send();
        }
    }

    /** One thread at a time. */
    void tick() {
        long now = parts.time().nanoTime();
        for (Request request : waiting) {
            if (now - request.startNanos >= parts.requestTimeout().toNanos()) {
                request.fail(new EtcdException(request.leaderSeen ? EtcdError.TIMEOUT : EtcdError.NO_LEADER));
            } else if (!request.underWay) {
                request.send();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        waiting.forEach(request -> request.fail(new EtcdException(EtcdError.STOPPED)));
    }

    private final class Request {
        private final long memberId;
        private final ResultCallback<List<Member>> callback;
        private final long startNanos;
        private volatile boolean underWay;
        private volatile boolean leaderSeen;

        Request(long memberId, ResultCallback<List<Member>> callback, long startNanos) {
            this.memberId = memberId;
            this.callback = callback;
            this.startNanos = startNanos;
        }

        void send() {
            long leaderId = parts.raft().leaderId();
            if (parts.raft().isLeader()) {
                underWay = true;
                leaderSeen = true;
                promotions.promote(memberId, new Attempt(this, true));
            } else if (leaderId != 0) {
                underWay = true;
                leaderSeen = true;
                parts.leader().promote(leaderId, memberId, new Attempt(this, false));
            }
        }

        void complete(List<Member> members) {
            if (waiting.remove(this)) {
                callback.completed(members);
            }
        }

        void fail(EtcdException error) {
            if (waiting.remove(this)) {
                callback.failed(error);
            }
        }
    }

    private record Attempt(Request request, boolean here) implements ResultCallback<List<Member>> {
        @Override
        public void completed(List<Member> members) {
            request.complete(members);
        }

        @Override
        public void failed(EtcdException error) {
            // This member's own verdict stands, whatever it is; another's may have come from the way there.
            boolean verdict = here ? error.error() != EtcdError.NOT_LEADER : FINAL.contains(error.error());
            if (verdict) {
                request.fail(error);
            } else {
                request.underWay = false;
            }
        }
    }
}

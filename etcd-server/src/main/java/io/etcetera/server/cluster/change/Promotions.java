package io.etcetera.server.cluster.change;

import com.google.protobuf.Message;
import io.etcetera.proto.clusterpb.LearnerPromotion;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.Membership;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes learners voters, on the member that leads: nobody else knows how far a learner is. Serves this member's own
 * clients, and other members who pass on what theirs ask for. Thread-safe, never blocks.
 */
public final class Promotions {
    /** Share of the leader's log that a learner must have. */
    private static final double READY_SHARE = 0.9;

    private static final Logger log = LoggerFactory.getLogger(Promotions.class);

    private final Membership membership;
    private final ReconfigurationParts parts;
    private final ReconfigurationCheck check;

    Promotions(Membership membership, ReconfigurationParts parts, ReconfigurationCheck check) {
        this.membership = membership;
        this.parts = parts;
        this.check = check;
    }

    /**
     * Makes a learner a voter if it is far enough, and answers with all members as they are then. Errors: NOT_LEADER,
     * MEMBER_NOT_FOUND, MEMBER_NOT_LEARNER, LEARNER_NOT_READY, MEMBER_NOT_ENOUGH_STARTED; those of a linearizable read
     * and of a proposal.
     */
    public void promote(long memberId, ResultCallback<List<Member>> callback) {
        if (!parts.raft().isLeader()) {
            callback.failed(new EtcdException(EtcdError.NOT_LEADER));
            return;
        }
        ResultCallback<List<Member>> counted = counting(callback);
        // What other members have been told is applied must be seen here too.
        parts.reads().await(memberId, new ResultCallback<Long>() {
            @Override
            public void completed(Long id) {
                proposeIfReady(id, counted);
            }

            @Override
            public void failed(EtcdException error) {
                counted.failed(error);
            }
        });
    }

    private ResultCallback<List<Member>> counting(ResultCallback<List<Member>> callback) {
        return new ResultCallback<>() {
            @Override
            public void completed(List<Member> members) {
                parts.metrics().promoted();
                callback.completed(members);
            }

            @Override
            public void failed(EtcdException error) {
                // Whoever is not the leader any more has not decided; the one who is will count.
                if (error.error() != EtcdError.NOT_LEADER) {
                    parts.metrics().promotionFailed(reason(error.error()));
                }
                callback.failed(error);
            }
        };
    }

    /** As etcd words it where it counts, before errors are made known to clients. */
    private static String reason(EtcdError error) {
        return switch (error) {
            case MEMBER_NOT_FOUND -> "membership: ID not found";
            case MEMBER_NOT_LEARNER -> "membership: can only promote a learner member";
            default -> error.text();
        };
    }

    private void proposeIfReady(long memberId, ResultCallback<List<Member>> callback) {
        try {
            refuseUnready(memberId);
            if (parts.strictCheck()) {
                check.promote(memberId);
            }
        } catch (EtcdException e) {
            callback.failed(e);
            return;
        }
        Reconfiguration.propose(
                parts.proposer(),
                membership.memberId(),
                memberId,
                MembershipChange.newBuilder()
                        .setPromotion(LearnerPromotion.newBuilder().setMemberID(memberId)),
                new ResultCallback<>() {
                    @Override
                    public void completed(Message response) {
                        callback.completed(((MemberPromoteResponse) response).getMembersList());
                    }

                    @Override
                    public void failed(EtcdException error) {
                        callback.failed(error);
                    }
                });
    }

    private void refuseUnready(long memberId) throws EtcdException {
        RaftNode raft = parts.raft();
        if (!raft.isLeader()) {
            throw new EtcdException(EtcdError.NOT_LEADER);
        }
        if (membership.member(memberId).isEmpty()) {
            throw new EtcdException(EtcdError.MEMBER_NOT_FOUND);
        }
        long end = raft.committedIndex();
        long match = memberId == membership.memberId()
                ? end
                : raft.matchIndex(memberId).orElse(0);
        if (match < READY_SHARE * end) {
            log.atError()
                    .addKeyValue("learner-ready-percent", (double) match / end)
                    .addKeyValue("ready-percent-threshold", READY_SHARE)
                    .log("rejecting promote learner: learner is not ready");
            throw new EtcdException(EtcdError.LEARNER_NOT_READY);
        }
    }
}

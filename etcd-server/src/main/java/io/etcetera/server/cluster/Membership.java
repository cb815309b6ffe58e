package io.etcetera.server.cluster;

import io.etcetera.proto.etcdserverpb.Member;
import java.util.List;

/** Who is in the cluster, as applied on this member. Thread-safe. */
public interface Membership {
    long clusterId();

    /** This member's ID. */
    long memberId();

    /** All members, sorted by ID as unsigned numbers. */
    List<Member> members();

    /** Whether this member is a learner: it has no vote, and serves hardly anything. */
    default boolean isLearner() {
        long self = memberId();
        for (Member member : members()) {
            if (member.getID() == self) {
                return member.getIsLearner();
            }
        }
        return false;
    }
}

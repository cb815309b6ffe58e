package io.etcetera.server.cluster.change;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import java.util.List;

/** Asks the member that leads to make a learner a voter: only the leader knows how far a learner is. */
public interface LeaderPromotion {
    /** For a member without peers. */
    LeaderPromotion NONE = (leaderId, memberId, callback) -> callback.failed(new EtcdException(EtcdError.NO_LEADER));

    /**
     * Never blocks; answers on any thread, with all members as they are then. Errors: MEMBER_NOT_FOUND, MEMBER_NOT_LEARNER,
     * LEARNER_NOT_READY, NOT_LEADER, NO_LEADER if it cannot be reached, TIMEOUT.
     */
    void promote(long leaderId, long memberId, ResultCallback<List<Member>> callback);
}

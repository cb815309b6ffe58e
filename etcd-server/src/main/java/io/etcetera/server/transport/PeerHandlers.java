package io.etcetera.server.transport;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.transport.PeerInbox;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.net.http.HttpHandler;
import io.etcetera.server.propose.RefusalListener;
import java.util.List;

/**
 * Who answers what other members ask. All of them are called on event loops and never block, but for the source of copies.
 *
 * @param inbox takes the log's messages
 * @param forwards takes entries, if this member leads
 * @param leases answers NOT_PRIMARY_LESSOR if this member does not lead
 * @param promotion answers NOT_LEADER if this member does not lead
 * @param states gives copies of the store
 * @param http answers plain HTTP
 */
public record PeerHandlers(
        PeerInbox inbox,
        ForwardInbox forwards,
        Leases leases,
        Promotion promotion,
        StateSource states,
        HttpHandler http) {

    /** Takes entries that other members send because they take this one for the leader. */
    @FunctionalInterface
    public interface ForwardInbox {
        /** Offers an entry to the log. Told to {@code refusals} if it is certain that the log did not take it. */
        void offer(long requestId, byte[] entry, RefusalListener refusals);
    }

    /** Makes a learner a voter, on the member that leads. */
    @FunctionalInterface
    public interface Promotion {
        /** Of a member that never leads others. */
        Promotion NONE = (memberId, callback) -> callback.failed(new EtcdException(EtcdError.NOT_LEADER));

        /** Answers all members as they are then. */
        void promote(long memberId, ResultCallback<List<Member>> callback);
    }
}

package io.etcetera.server.propose;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.ResultCallback;

/** Puts requests through the log. */
public interface Proposer {

    /**
     * Gives the request an ID and a header, appends it to the log, and answers when this member has applied it.
     *
     * <p>The answer is the response message of the request's kind ({@code PutResponse} for {@code put}, and so on), its
     * header holding the revision alone; the RPC layer fills in the rest. It arrives on the apply thread. Errors: those
     * of the operation, REQUEST_TOO_LARGE, TOO_MANY_REQUESTS (applying lags behind, or too much waits for a leader),
     * DEADLINE_EXCEEDED (no leader took it in time), TIMEOUT, TIMEOUT_DUE_TO_LEADER_FAIL or
     * TIMEOUT_DUE_TO_CONNECTION_LOST (not applied in time), STOPPED. Never blocks.
     */
    void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback);
}

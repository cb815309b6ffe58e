package io.etcetera.server.auth;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import java.util.function.Supplier;

/** Proposes what a member does of its own accord and users are asked for a permission, such as to revoke a lease that has expired. */
public final class RootProposer implements Proposer {
    private final Supplier<AuthState> state;
    private final Proposer proposer;

    public RootProposer(Supplier<AuthState> state, Proposer proposer) {
        this.state = state;
        this.proposer = proposer;
    }

    @Override
    public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
        AuthState now = state.get();
        if (now.isEnabled()) {
            request.getHeaderBuilder().setUsername(AuthState.ROOT).setAuthRevision(now.revision());
        }
        proposer.propose(request, callback);
    }
}

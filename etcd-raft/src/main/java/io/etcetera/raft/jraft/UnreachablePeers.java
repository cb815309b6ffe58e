package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import org.jspecify.annotations.Nullable;

/** The transport of a member without peers: every call fails at once. It never throws out of an asynchronous call. */
final class UnreachablePeers implements RpcClient {

    @Override
    public boolean init(RpcOptions options) {
        return true;
    }

    @Override
    public void shutdown() {
        // Holds nothing.
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return false;
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        return false;
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        // There is none.
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicators) {
        // Nothing ever connects.
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
            throws RemotingException {
        throw unreachable(endpoint);
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            @Nullable InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis) {
        callback.complete(null, unreachable(endpoint));
    }

    private static RemotingException unreachable(Endpoint endpoint) {
        return new RemotingException("no transport to member " + endpoint.getIp());
    }
}

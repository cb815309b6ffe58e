package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;
import org.jspecify.annotations.Nullable;

/**
 * Where the engine gets its RPC from, found through {@code META-INF/services}. There is one in a class loader, shared by
 * all members in it; a client learns whose it is from the node options that its {@code init} is given.
 *
 * <p>There is no server on this side: a transport calls the node directly.
 */
@SPI(name = "etcetera", priority = 100)
public final class PeerRpcFactory implements RaftRpcFactory {

    @Override
    public void registerProtobufSerializer(String className, Object... arguments) {
        // Messages are carried as protobuf; nothing has to be known beforehand.
    }

    @Override
    public RpcClient createRpcClient(@Nullable ConfigHelper<RpcClient> helper) {
        return new PeerClient();
    }

    @Override
    public RpcServer createRpcServer(Endpoint endpoint, @Nullable ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("a member has no RPC server of its own");
    }
}

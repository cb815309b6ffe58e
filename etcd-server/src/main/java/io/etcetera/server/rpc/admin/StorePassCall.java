package io.etcetera.server.rpc.admin;

import com.google.protobuf.Message;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.read.RevisionErrors;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One call whose answer takes a pass over the whole store. Such calls are answered one after the other, on a thread that
 * no other read waits for.
 */
final class StorePassCall<Q> extends UnaryCall<Q> {

    /** The pass; the thread is interrupted when the server stops. */
    @FunctionalInterface
    interface Pass<Q> {
        Message answer(Q request) throws RevisionException, InterruptedException;
    }

    private final RpcContext context;
    private final Pass<Q> pass;

    StorePassCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context, Pass<Q> pass) {
        super(call, loop);
        this.context = context;
        this.pass = pass;
    }

    @Override
    protected void handle(Q request) throws EtcdException {
        try {
            context.storePasses().execute(() -> run(request));
        } catch (RejectedExecutionException e) {
            throw new EtcdException(EtcdError.STOPPED);
        }
    }

    private void run(Q request) {
        if (isCancelled()) {
            return;
        }
        try {
            send(Outbound.of(pass.answer(request)));
        } catch (RevisionException e) {
            closeWith(StatusTable.of(RevisionErrors.toEtcd(e), method()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closeWith(StatusTable.of(EtcdError.STOPPED));
        } catch (RuntimeException e) {
            closeWith(StatusTable.of(e, method()));
        }
    }
}

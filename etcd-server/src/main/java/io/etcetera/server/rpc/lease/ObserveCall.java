package io.etcetera.server.rpc.lease;

import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.server.concurrency.Observation;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.StreamCall;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/** One stream of an election's leaders. */
final class ObserveCall extends StreamCall implements Observation.Output {
    private final RpcContext context;
    private @Nullable Observation observation;

    ObserveCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop, context.streams());
        this.context = context;
    }

    @Override
    protected void received(Object request) {
        observation = Observation.start(OperationCall.client(context, access(), loop()), (LeaderRequest) request, this);
    }

    @Override
    public void onHalfClose() {
        if (observation == null) {
            end(UnaryCall.NO_STREAM_REQUEST);
        }
    }

    @Override
    public void onReady() {
        if (observation != null) {
            observation.drain();
        }
    }

    @Override
    public boolean hasRoom() {
        return isReady();
    }

    @Override
    public void send(LeaderResponse response) {
        send(Outbound.of(ElectionService.completed(response, context.headers())));
    }

    @Override
    public void end() {
        end(Status.OK);
    }

    @Override
    protected void release() {
        if (observation != null) {
            observation.close();
        }
    }
}

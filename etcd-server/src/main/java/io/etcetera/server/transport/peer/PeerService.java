package io.etcetera.server.transport.peer;

import io.etcetera.proto.peer.CopyPart;
import io.etcetera.proto.peer.CopyRequest;
import io.etcetera.proto.peer.PeerGrpc;
import io.etcetera.raft.transport.Lane;
import io.etcetera.server.propose.RefusalListener;
import io.etcetera.server.transport.Doorkeeper;
import io.etcetera.server.transport.Lines;
import io.etcetera.server.transport.Refusal;
import io.etcetera.server.transport.Wire;
import io.etcetera.server.transport.copy.CopyCall;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongPredicate;

/** The Peer service: what other members send, handed to whom it is for. Thread-safe. */
final class PeerService {
    private final Doorkeeper doorkeeper;
    private final Lines lines;
    private final Executor copyThreads;
    private final Map<Source, FrameCall> open = new ConcurrentHashMap<>();

    /** A peer's stream: there is one of each kind. */
    private record Source(long from, Wire.Traffic traffic) {}

    PeerService(Doorkeeper doorkeeper, Lines lines, Executor copyThreads) {
        this.doorkeeper = doorkeeper;
        this.lines = lines;
        this.copyThreads = copyThreads;
    }

    ServerServiceDefinition define() {
        // Without its schema, which describes the methods with other marshallers than ours.
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(PeerGrpc.SERVICE_NAME);
        service.addMethod(Frame.APPEND, lane(Lane.APPEND, Wire.Traffic.APPEND));
        service.addMethod(Frame.CONTROL, lane(Lane.CONTROL, Wire.Traffic.CONTROL));
        service.addMethod(Frame.FORWARD, forward());
        service.addMethod(PeerGrpc.getRenewLeaseMethod(), unary(LeaderOperations::renew));
        service.addMethod(PeerGrpc.getLeaseTimeToLiveMethod(), unary(LeaderOperations::timeToLive));
        service.addMethod(PeerGrpc.getPromoteMethod(), unary(LeaderOperations::promote));
        service.addMethod(PeerGrpc.getCopyStateMethod(), copies());
        return service.build();
    }

    private ServerCallHandler<Frame, Frame> lane(Lane lane, Wire.Traffic traffic) {
        return doorkeeper.before((call, from, attendance) -> open(
                new Source(from, traffic),
                call,
                (frame, own) -> attendance
                        .handlers()
                        .inbox()
                        .receive(from, lane, frame.data(), answer -> own.answer(new Frame(frame.id(), answer)))));
    }

    private ServerCallHandler<Frame, Frame> forward() {
        return doorkeeper.before((call, from, attendance) -> open(
                new Source(from, Wire.Traffic.FORWARD),
                call,
                (frame, own) -> attendance.handlers().forwards().offer(frame.id(), frame.data(), refusals(own))));
    }

    private <Q, A> ServerCallHandler<Q, A> unary(UnaryPeerCall.Operation<Q, A> operation) {
        return doorkeeper.before((call, from, attendance) ->
                new UnaryPeerCall<>(call, attendance.handlers(), lines.loops(), operation).open());
    }

    private ServerCallHandler<CopyRequest, CopyPart> copies() {
        return doorkeeper.before((call, from, attendance) ->
                new CopyCall(call, from, lines, attendance.handlers().states(), copyThreads).open());
    }

    private static RefusalListener refusals(FrameCall call) {
        return (requestId, refusal) -> call.answer(new Frame(requestId, RefusalCodec.encode(refusal)));
    }

    /** Ends the streams of who is not welcome any more. */
    void turnOut(LongPredicate isRemoved) {
        open.forEach((source, call) -> {
            if (isRemoved.test(source.from)) {
                call.refuse(Refusal.REMOVED_SENDER);
            }
        });
    }

    private FrameCall open(Source source, ServerCall<Frame, Frame> call, FrameCall.Receiver receiver) {
        FrameCall opened =
                new FrameCall(call, source.from, source.traffic, lines, receiver, ended -> open.remove(source, ended));
        FrameCall earlier = open.put(source, opened);
        if (earlier != null) {
            // The peer has given it up. What is left of it must not come in between what the new one brings.
            earlier.supersede();
        }
        opened.open();
        return opened;
    }
}

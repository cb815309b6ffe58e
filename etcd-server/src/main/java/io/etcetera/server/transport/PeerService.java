package io.etcetera.server.transport;

import io.etcetera.proto.peer.PeerGrpc;
import io.etcetera.raft.transport.Lane;
import io.etcetera.server.propose.RefusalListener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;

/** The Peer service: what other members send, handed to whom it is for. Thread-safe. */
final class PeerService {
    private final Doorkeeper doorkeeper;
    private final Lines lines;
    private final Set<FrameCall> open = ConcurrentHashMap.newKeySet();

    PeerService(Doorkeeper doorkeeper, Lines lines) {
        this.doorkeeper = doorkeeper;
        this.lines = lines;
    }

    ServerServiceDefinition define() {
        // Without its schema, which describes the methods with other marshallers than ours.
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(PeerGrpc.SERVICE_NAME);
        service.addMethod(Frame.APPEND, lane(Lane.APPEND, Wire.Traffic.APPEND));
        service.addMethod(Frame.CONTROL, lane(Lane.CONTROL, Wire.Traffic.CONTROL));
        service.addMethod(Frame.FORWARD, forward());
        return service.build();
    }

    private ServerCallHandler<Frame, Frame> lane(Lane lane, Wire.Traffic traffic) {
        return doorkeeper.before((call, from, attendance) -> open(new FrameCall(
                call,
                from,
                lines,
                traffic,
                (frame, own) -> attendance
                        .handlers()
                        .inbox()
                        .receive(from, lane, frame.data(), answer -> own.answer(new Frame(frame.id(), answer))),
                open::remove)));
    }

    private ServerCallHandler<Frame, Frame> forward() {
        return doorkeeper.before((call, from, attendance) -> open(new FrameCall(
                call,
                from,
                lines,
                Wire.Traffic.FORWARD,
                (frame, own) -> attendance.handlers().forwards().offer(frame.id(), frame.data(), refusals(own)),
                open::remove)));
    }

    private static RefusalListener refusals(FrameCall call) {
        return (requestId, refusal) -> call.answer(new Frame(requestId, RefusalCodec.encode(refusal)));
    }

    /** Ends the streams of who is not welcome any more. */
    void turnOut(LongPredicate isRemoved) {
        for (FrameCall call : open) {
            if (isRemoved.test(call.from())) {
                call.refuse(Refusal.REMOVED_SENDER);
            }
        }
    }

    private FrameCall open(FrameCall call) {
        open.add(call);
        call.open();
        return call;
    }
}

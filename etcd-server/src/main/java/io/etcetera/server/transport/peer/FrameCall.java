package io.etcetera.server.transport.peer;

import io.etcetera.server.metrics.PeerTraffic;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.transport.Doorkeeper;
import io.etcetera.server.transport.Lines;
import io.etcetera.server.transport.Refusal;
import io.etcetera.server.transport.Wire;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Consumer;

/**
 * One of a peer's streams of frames, as it comes in: hands on what arrives, in order, and sends back what is answered.
 * On the connection's event loop, but for {@link #answer}.
 */
final class FrameCall extends ServerCall.Listener<Frame> {
    /** How many frames are read ahead. What has been handed on but not answered is bounded by the sender. */
    private static final int READ_AHEAD = 16;

    private final ServerCall<Frame, Frame> call;
    private final EventExecutor loop;
    private final FrameSender sender;
    private final PeerTraffic metrics;
    private final Receiver receiver;
    private final Consumer<FrameCall> onEnd;
    private boolean ended;

    /** Takes what arrives. Event loop; never blocks. */
    @FunctionalInterface
    interface Receiver {
        void receive(Frame frame, FrameCall call);
    }

    FrameCall(
            ServerCall<Frame, Frame> call,
            long from,
            Wire.Traffic traffic,
            Lines lines,
            Receiver receiver,
            Consumer<FrameCall> onEnd) {
        this.call = call;
        this.loop = lines.loops().home();
        this.metrics = lines.metrics().traffic(from);
        this.sender = new FrameSender(lines.wire(), from, traffic, loop, this::sendNow, this::cut);
        this.receiver = receiver;
        this.onEnd = onEnd;
    }

    /** Tells the peer that it has been let in, and begins to read. */
    void open() {
        call.sendHeaders(Doorkeeper.noTrailers());
        call.request(READ_AHEAD);
    }

    @Override
    public void onMessage(Frame frame) {
        if (ended) {
            return;
        }
        metrics.received(frame.wireBytes());
        if (frame.isPing()) {
            send(frame);
        } else {
            receiver.receive(frame, this);
        }
        call.request(1);
    }

    /** Sends a frame back; dropped if the stream has ended. Any thread. */
    void answer(Frame frame) {
        EventLoops.executeOn(loop, () -> send(frame));
    }

    private void send(Frame frame) {
        if (!ended) {
            sender.send(frame);
        }
    }

    private void sendNow(Frame frame) {
        if (!ended) {
            metrics.sent(frame.wireBytes());
            call.sendMessage(frame);
        }
    }

    private void cut() {
        close(Status.UNAVAILABLE.withDescription("the connection is cut"));
    }

    /** Ends the stream, since its sender has opened another one. Any thread. */
    void supersede() {
        EventLoops.runOn(loop, () -> close(Status.UNAVAILABLE.withDescription("there is a newer connection")));
    }

    /** Ends the stream, since its sender is not welcome any more. Any thread. */
    void refuse(Refusal refusal) {
        EventLoops.runOn(loop, () -> {
            if (end()) {
                call.close(refusal.status(), refusal.trailers());
            }
        });
    }

    private void close(Status status) {
        if (end()) {
            call.close(status, Doorkeeper.noTrailers());
        }
    }

    @Override
    public void onHalfClose() {
        close(Status.OK);
    }

    @Override
    public void onCancel() {
        if (end()) {
            metrics.receiveFailed();
        }
    }

    private boolean end() {
        boolean first = !ended;
        if (first) {
            ended = true;
            onEnd.accept(this);
        }
        return first;
    }
}

package io.etcetera.server.transport.peer;

import io.etcetera.server.transport.Fate;
import io.etcetera.server.transport.Wire;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Sends the frames of one stream in order, as far as the wire lets them through. On the stream's event loop. */
final class FrameSender {
    private final Wire wire;
    private final long peerId;
    private final Wire.Traffic traffic;
    private final EventExecutor loop;
    private final Consumer<Frame> out;
    private final Runnable cut;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean lost;

    /**
     * @param out takes a frame to be sent
     * @param cut breaks the stream
     */
    FrameSender(Wire wire, long peerId, Wire.Traffic traffic, EventExecutor loop, Consumer<Frame> out, Runnable cut) {
        this.wire = wire;
        this.peerId = peerId;
        this.traffic = traffic;
        this.loop = loop;
        this.out = out;
        this.cut = cut;
    }

    void send(Frame frame) {
        Fate fate = lost ? Fate.LOST : wire.fate(peerId, traffic);
        if (fate instanceof Fate.Delivered) {
            if (waiting.isEmpty()) {
                out.accept(frame);
            } else {
                waiting.add(new Waiting(frame, false));
            }
        } else if (fate instanceof Fate.Delayed delayed) {
            Waiting last = new Waiting(frame, true);
            waiting.add(last);
            var unused = loop.schedule(() -> release(last), delayed.delay().toNanos(), TimeUnit.NANOSECONDS);
        } else if (fate instanceof Fate.Lost) {
            lost = true;
        } else {
            cut.run();
        }
    }

    /** Sends what waits, up to the frame whose time has come, and what waits behind it only to keep the order. */
    private void release(Waiting due) {
        while (!due.sent) {
            sendFirst();
        }
        while (!waiting.isEmpty() && !waiting.getFirst().timed) {
            sendFirst();
        }
    }

    private void sendFirst() {
        Waiting first = waiting.removeFirst();
        first.sent = true;
        out.accept(first.frame);
    }

    /** A frame behind one that is delayed. */
    private static final class Waiting {
        private final Frame frame;
        private final boolean timed;
        private boolean sent;

        Waiting(Frame frame, boolean timed) {
            this.frame = frame;
            this.timed = timed;
        }
    }
}

package io.etcetera.server.transport.peer;

import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.transport.Wire;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane of the log's messages to one peer. Messages go out in order on the lane's link; answers are matched by ID.
 * Everything is on the peer's event loop but {@link #send}.
 *
 * <p>The bytes that wait for an answer are bounded. What is beyond fails at once: the log sends it again.
 */
final class LaneClient implements Link.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(LaneClient.class);

    private final Route route;
    private final Link link;
    private final Limits limits;
    private final Liveness liveness;
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private long nextId = 1;
    private long ticks;

    /**
     * What may wait for an answer.
     *
     * @param bytes how much; a single message may be larger
     * @param ticks how long; the log itself gives up earlier
     */
    record Limits(long bytes, long ticks) {}

    /** A message that has not been answered. */
    private record Waiting(PeerAnswer answer, int bytes, long sentAtTick) {}

    LaneClient(
            Route route,
            MethodDescriptor<Frame, Frame> method,
            Wire.Traffic traffic,
            boolean isPulse,
            Limits limits,
            Liveness liveness) {
        this.route = route;
        this.link = new Link(route, method, traffic, isPulse, this);
        this.limits = limits;
        this.liveness = liveness;
    }

    Link link() {
        return link;
    }

    /** Any thread. */
    void send(byte[] message, PeerAnswer answer) {
        long before = waitingBytes.getAndAdd(message.length);
        if (before > 0 && before + message.length > limits.bytes) {
            waitingBytes.addAndGet(-message.length);
            fail(answer, "too much waits for an answer");
            return;
        }
        EventLoops.executeOn(route.loop(), () -> sendNow(message, answer));
    }

    private void sendNow(byte[] message, PeerAnswer answer) {
        if (!link.open()) {
            waitingBytes.addAndGet(-message.length);
            fail(answer, "there is no connection");
            return;
        }
        long id = nextId++;
        waiting.put(id, new Waiting(answer, message.length, ticks));
        link.send(new Frame(id, message));
    }

    @Override
    public void received(Frame frame) {
        liveness.answered();
        if (frame.isPing()) {
            return;
        }
        Waiting answered = waiting.remove(frame.id());
        if (answered == null) {
            LOG.debug("member {} answers what it was not asked", Long.toHexString(route.peerId()));
            return;
        }
        waitingBytes.addAndGet(-answered.bytes);
        answered.answer.received(frame.data());
    }

    @Override
    public void broken(String reason) {
        List<Waiting> lost = new ArrayList<>(waiting.values());
        waiting.clear();
        liveness.lost(reason);
        lost.forEach(message -> fail(message, reason));
    }

    void tick() {
        link.tick();
        ticks++;
        Iterator<Waiting> oldestFirst = waiting.values().iterator();
        while (oldestFirst.hasNext()) {
            Waiting message = oldestFirst.next();
            if (ticks - message.sentAtTick <= limits.ticks) {
                return;
            }
            oldestFirst.remove();
            fail(message, "no answer has come");
        }
    }

    private void fail(Waiting message, String reason) {
        waitingBytes.addAndGet(-message.bytes);
        fail(message.answer, reason);
    }

    private void fail(PeerAnswer answer, String reason) {
        route.metrics().sendFailed();
        answer.failed(reason);
    }
}
